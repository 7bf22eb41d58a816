using System.Runtime.CompilerServices;

namespace RustyRail.ControlPlane.Simulation;

/// <summary>A share of flows, drawn by their hash: the same flows for the same ticket, others for another.</summary>
internal readonly struct Lottery(double share)
{
    private const ulong GoldenRatio = 0x9E37_79B9_7F4A_7C15;

    private readonly ulong _below = share >= 1 ? ulong.MaxValue : (ulong)(Math.Max(0, share) * 18446744073709549568.0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Has(ulong hash, int ticket)
    {
        if (_below == ulong.MaxValue) return true;
        Math.BigMul(hash ^ ((ulong)ticket * GoldenRatio), GoldenRatio, out ulong low);
        return Math.BigMul(low ^ hash, GoldenRatio, out low) + low <= _below;
    }
}
