using System.Runtime.CompilerServices;
using RustyRail.Contract.Hashing;

namespace RustyRail.ControlPlane.Simulation;

/// <summary>A router's choice at one time. Modulo and buckets are the same look-up in different arrays.</summary>
internal sealed class EcmpMap(int[] targets, bool byRange)
{
    public int[] Targets => targets;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Balancer(ulong path) =>
        targets[byRange ? FlowHash.Reduce(path, (uint)targets.Length) : (uint)(path >> 32) % (uint)targets.Length];
}
