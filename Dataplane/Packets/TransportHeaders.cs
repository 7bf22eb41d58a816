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

/// <summary>RFC 792; every message has these 8 bytes.</summary>
internal static class IcmpHeader
{
    public const int Size = 8;
}
