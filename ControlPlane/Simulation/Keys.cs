using RustyRail.Contract.Hashing;
using RustyRail.Contract.Maglev;

namespace RustyRail.ControlPlane.Simulation;

/// <summary>Keys of full strength out of a seed: the flow hash is as good as its key, and small numbers are none.</summary>
internal static class Keys
{
    public static FlowHash Hash(int seed, string purpose) => new(Key(seed, purpose, 0), Key(seed, purpose, 1));

    private static ulong Key(int seed, string purpose, byte half)
    {
        SipHash24 hash = new((ulong)seed, half);
        hash.Append(System.Text.Encoding.UTF8.GetBytes(purpose));
        return hash.Finish();
    }
}
