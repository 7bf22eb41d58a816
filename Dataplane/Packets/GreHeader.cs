using System.Runtime.InteropServices;

namespace RustyRail.Dataplane.Packets;

/// <summary>RFC 2784 section 2, with key and sequence number of RFC 2890.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct GreHeader
{
    public const int Size = 4;

    /// <summary>A whole header as it lies in memory: no flags, version 0, IPv4 inside.</summary>
    public const uint PlainIpv4Raw = (uint)EtherType.Ipv4Raw << 16, PlainIpv6Raw = (uint)EtherType.Ipv6Raw << 16;

    public const ushort ChecksumPresent = 0x8000, KeyPresent = 0x2000, SequencePresent = 0x1000;

    /// <summary>A version other than 0, or bits that RFC 2784 section 2.3 makes a receiver discard: routing, strict source route, recursion.</summary>
    public const ushort Unsupported = 0x0007 | 0x4000 | 0x0800 | 0x0400;

    public U16Be FlagsAndVersion;
    public U16Be Protocol;

    public readonly int HeaderLength
    {
        get
        {
            int flags = FlagsAndVersion.Value;
            return Size + (((flags >> 15) & 1) * 4) + (((flags >> 13) & 1) * 4) + (((flags >> 12) & 1) * 4);
        }
    }

    public readonly bool HasChecksum => (FlagsAndVersion.Value & ChecksumPresent) != 0;

    /// <summary>Of a packet that was found to be GRE, the GRE header.</summary>
    public static unsafe byte* Behind(byte* ip)
    {
        if (!Ipv6Header.IsAt(ip)) return ip + ((Ipv4Header*)ip)->HeaderLength;
        byte next = ((Ipv6Header*)ip)->NextHeader;
        byte* at = ip + Ipv6Header.Size;
        for (; next != IpProtocol.Gre; at += (at[1] + 1) * 8) next = at[0];
        return at;
    }
}
