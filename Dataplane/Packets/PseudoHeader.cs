using System.Buffers.Binary;

namespace RustyRail.Dataplane.Packets;

/// <summary>Checksums over an upper-layer packet and the addresses of its IPv6 header (RFC 8200 section 8.1).</summary>
internal static unsafe class PseudoHeader
{
    /// <summary>For a checksum field that is 0 meanwhile; never 0 itself, which in UDP means "none".</summary>
    public static ushort Checksum(Ipv6Header* ip, byte* upper, int length, byte protocol)
    {
        ushort checksum = InternetChecksum.Finish(Sum(ip, upper, length, protocol));
        return checksum == 0 ? (ushort)0xFFFF : checksum;
    }

    /// <summary>Checksum field included.</summary>
    public static bool Verify(Ipv6Header* ip, byte* upper, int length, byte protocol) => InternetChecksum.IsValidSum(Sum(ip, upper, length, protocol));

    private static ulong Sum(Ipv6Header* ip, byte* upper, int length, byte protocol) =>
        InternetChecksum.Sum((byte*)&ip->Source, 32) + BinaryPrimitives.ReverseEndianness((uint)length) + ((uint)protocol << 24) + InternetChecksum.Sum(upper, length);
}
