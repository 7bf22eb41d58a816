using System.Runtime.InteropServices;

namespace RustyRail.Dataplane.Packets;

/// <summary>RFC 9293 section 3.1, the fixed 20 bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct TcpHeader
{
    public const int Size = 20;
    public const byte Fin = 0x01, Syn = 0x02, Reset = 0x04, Acknowledge = 0x10;

    /// <summary>Flags that may change what a connection's flow is.</summary>
    public const byte Changing = Syn | Fin | Reset;

    [FieldOffset(0)] public U16Be SourcePort;
    [FieldOffset(2)] public U16Be DestinationPort;
    [FieldOffset(12)] public byte OffsetAndReserved;
    [FieldOffset(13)] public byte Flags;
    [FieldOffset(16)] public ushort Checksum;

    public readonly int HeaderLength => (OffsetAndReserved >> 4) * 4;
}

/// <summary>RFC 768.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct UdpHeader
{
    public const int Size = 8;

    public U16Be SourcePort;
    public U16Be DestinationPort;
    public U16Be Length;
    public ushort Checksum;
}

/// <summary>RFC 792 and RFC 4443; every message has these 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct IcmpHeader
{
    public const int Size = 8;
    public const byte EchoReply = 0, Unreachable = 3, SourceQuench = 4, Echo = 8, TimeExceeded = 11, ParameterProblem = 12;
    public const byte FragmentationNeeded = 4;
    public const byte Ipv6PacketTooBig = 2, Ipv6LastError = 4, Ipv6Echo = 128, Ipv6EchoReply = 129, Ipv6RouterSolicitation = 133, Ipv6Redirect = 137;

    public byte Type;
    public byte Code;
    public ushort Checksum;

    /// <summary>Packet order; of a "too big" the MTU, in IPv4 in the second half.</summary>
    public uint RestRaw;

    /// <summary>Tells of a packet that the receiver sent, and holds its beginning.</summary>
    public static bool IsError(byte type, bool isIpv6) => isIpv6
        ? type is >= 1 and <= Ipv6LastError
        : type is Unreachable or SourceQuench or TimeExceeded or ParameterProblem;

    public static bool IsEcho(byte type, bool isIpv6) => type == (isIpv6 ? Ipv6Echo : Echo);

    /// <summary>RFC 4861 section 4: between neighbours, never a service's.</summary>
    public static bool IsNeighbourDiscovery(byte type) => type is >= Ipv6RouterSolicitation and <= Ipv6Redirect;
}
