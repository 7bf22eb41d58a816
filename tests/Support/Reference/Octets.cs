using System.Buffers.Binary;

namespace RustyRail.Tests.Support.Reference;

/// <summary>Big-endian fields, at offsets as the RFCs draw them.</summary>
internal static class Octets
{
    public static int Word(this ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);

    public static uint Long(this ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);

    public static void SetWord(this Span<byte> bytes, int at, int value) => BinaryPrimitives.WriteUInt16BigEndian(bytes[at..], (ushort)value);

    public static bool IsIpv6(this ReadOnlySpan<byte> ip) => ip[0] >> 4 == 6;

    /// <summary>Of an IPv4 header, options included.</summary>
    public static int HeaderBytes(this ReadOnlySpan<byte> ip) => (ip[0] & 15) * 4;

    /// <summary>DSCP and ECN of either family.</summary>
    public static int TrafficClass(this ReadOnlySpan<byte> ip) => ip.IsIpv6() ? (ip.Word(0) >> 4) & 0xFF : ip[1];

    /// <summary>TTL or hop limit.</summary>
    public static int TimeToLive(this ReadOnlySpan<byte> ip) => ip.IsIpv6() ? ip[7] : ip[8];
}
