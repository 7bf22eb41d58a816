using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using RustyRail.Contract.Snapshots;

namespace RustyRail.Contract.Hashing;

/// <summary>
/// Keyed 64-bit hash of a flow key: two rounds of 64x64-to-128-bit multiplication, high and low half folded by XOR (the
/// construction of wyhash's mum). About 2 ns with BMI2. Algorithm number 1: any change of its output needs a new number, since
/// all nodes of a cluster must choose the same backend.
/// </summary>
internal readonly struct FlowHash(ulong key0, ulong key1) : IFlowHash<FlowHash>
{
    // Odd 64-bit constants with no structure: fractional bits of the golden ratio and of the square root of 2.
    private const ulong GoldenRatio = 0x9E37_79B9_7F4A_7C15, RootOfTwo = 0x6A09_E667_F3BC_C909;

    private readonly ulong _addresses0 = key0, _rest0 = key1 ^ GoldenRatio, _high1 = key1, _low1 = key0 ^ RootOfTwo;

    public static int Algorithm => FlowHashKey.MultiplyMix;

    public static FlowHash Keyed(ulong key0, ulong key1) => new(key0, key1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Of(ulong addresses, ulong rest)
    {
        ulong left = addresses ^ _addresses0, right = rest ^ _rest0;
        // XORing the inputs back in keeps a factor that happens to be 0 from losing the other one.
        ulong left1 = HighHalf(left, right) ^ addresses ^ _high1, right1 = (left * right) ^ rest ^ _low1;
        return HighHalf(left1, right1) ^ (left1 * right1);
    }

    /// <summary>The same of an IPv6 flow key, three times chained.</summary>
    public ulong OfIpv6(in IpKey source, in IpKey destination, ulong rest)
    {
        ulong first = Of(source.High, source.Low);
        return Of(Of(destination.High ^ first, destination.Low), rest);
    }

    /// <summary>Maps the hash to 0 .. <paramref name="size"/>-1 by its high half, without a division.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Reduce(ulong hash, uint size) => (uint)(((hash >> 32) * size) >> 32);

    /// <summary>Of the 128-bit product. The low half by a multiplication of its own stays in a register, which an out parameter would not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong HighHalf(ulong left, ulong right) =>
        Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(left, right) : Math.BigMul(left, right, out _);
}
