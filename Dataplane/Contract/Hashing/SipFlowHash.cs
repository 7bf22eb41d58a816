using System.Numerics;
using System.Runtime.CompilerServices;
using RustyRail.Contract.Snapshots;

namespace RustyRail.Contract.Hashing;

/// <summary>
/// SipHash-1-3 (Aumasson, Bernstein 2012, one round per word and three at the end) of a flow key's words as they lie in memory. Its authors
/// claim that who does not know the key cannot tell it from a random function; a flow costs about six times the multiply-mix. Algorithm number 2.
/// </summary>
internal readonly struct SipFlowHash(ulong key0, ulong key1) : IFlowHash<SipFlowHash>
{
    private const int Ipv4Bytes = 16, Ipv6Bytes = 40;

    private readonly ulong _v0 = key0 ^ 0x736f_6d65_7073_6575, _v1 = key1 ^ 0x646f_7261_6e64_6f6d, _v2 = key0 ^ 0x6c79_6765_6e65_7261, _v3 = key1 ^ 0x7465_6462_7974_6573;

    public static int Algorithm => FlowHashKey.SipHash13;

    public static SipFlowHash Keyed(ulong key0, ulong key1) => new(key0, key1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Of(ulong addresses, ulong rest)
    {
        (ulong v0, ulong v1, ulong v2, ulong v3) = (_v0, _v1, _v2, _v3);
        Absorb(addresses, ref v0, ref v1, ref v2, ref v3);
        Absorb(rest, ref v0, ref v1, ref v2, ref v3);
        return Finish(Ipv4Bytes, v0, v1, v2, v3);
    }

    public ulong OfIpv6(in IpKey source, in IpKey destination, ulong rest)
    {
        (ulong v0, ulong v1, ulong v2, ulong v3) = (_v0, _v1, _v2, _v3);
        Absorb(source.High, ref v0, ref v1, ref v2, ref v3);
        Absorb(source.Low, ref v0, ref v1, ref v2, ref v3);
        Absorb(destination.High, ref v0, ref v1, ref v2, ref v3);
        Absorb(destination.Low, ref v0, ref v1, ref v2, ref v3);
        Absorb(rest, ref v0, ref v1, ref v2, ref v3);
        return Finish(Ipv6Bytes, v0, v1, v2, v3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Finish(int bytes, ulong v0, ulong v1, ulong v2, ulong v3)
    {
        Absorb((ulong)bytes << 56, ref v0, ref v1, ref v2, ref v3);
        v2 ^= 0xff;
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        return v0 ^ v1 ^ v2 ^ v3;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Absorb(ulong word, ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v3 ^= word;
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= word;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1;
        v2 += v3;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
        v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v1;
        v0 += v3;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
        v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 = BitOperations.RotateLeft(v2, 32);
    }
}
