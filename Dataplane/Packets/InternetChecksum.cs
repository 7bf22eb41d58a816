using System.Runtime.CompilerServices;

namespace RustyRail.Dataplane.Packets;

/// <summary>The one's complement sum of RFC 1071, on words as they lie in memory: its result needs no byte swap.</summary>
internal static unsafe class InternetChecksum
{
    /// <summary>True if the bytes, checksum field included, sum to all ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Verify(byte* bytes, int length) => Fold(Sum(bytes, length)) == 0xFFFF;

    /// <summary>The value for a checksum field that is 0 while summed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Compute(byte* bytes, int length) => (ushort)~Fold(Sum(bytes, length));

    /// <summary>The same for a header without options, which nearly all are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool VerifyIpv4(byte* header, int length) => length == Ipv4Header.Size ? IsValidSum(SumOf20(header)) : Verify(header, length);

    /// <summary>Whether words that are not all 0 sum to all ones: exactly if their plain sum is a multiple of that.</summary>
    /// <remarks>x is a multiple of an odd d exactly if x times d's inverse, modulo 2^64, is at most (2^64 - 1) / d (Hacker's Delight, 10-17).</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsValidSum(ulong sum) => sum * 0xFFFE_FFFE_FFFE_FFFF <= ulong.MaxValue / 0xFFFF;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort ComputeIpv4(byte* header, int length) => length == Ipv4Header.Size ? Finish(SumOf20(header)) : Compute(header, length);

    /// <summary>The value for a checksum field from a plain sum of the other words, which is not 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Finish(ulong sum) => (ushort)(0xFFFE - (uint)((sum - 1) % 0xFFFF)); // folded, such a sum is 1 to 0xFFFF

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong SumOf20(byte* bytes)
    {
        ulong first = Unsafe.ReadUnaligned<ulong>(bytes), second = Unsafe.ReadUnaligned<ulong>(bytes + 8);
        return (first & 0xFFFF_FFFF) + (first >> 32) + (second & 0xFFFF_FFFF) + (second >> 32) + Unsafe.ReadUnaligned<uint>(bytes + 16);
    }

    /// <summary>Unfolded; length 0-65535, odd lengths count as padded with a zero byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Sum(byte* bytes, int length)
    {
        ulong sum = 0;
        byte* end = bytes + (length & ~3);
        for (; bytes < end; bytes += 4) sum += Unsafe.ReadUnaligned<uint>(bytes);
        if ((length & 2) != 0)
        {
            sum += Unsafe.ReadUnaligned<ushort>(bytes);
            bytes += 2;
        }

        if ((length & 1) != 0) sum += *bytes;
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Fold(ulong sum)
    {
        sum = (sum & 0xFFFF_FFFF) + (sum >> 32);
        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        return (uint)((sum & 0xFFFF) + (sum >> 16));
    }
}
