using System.Runtime.InteropServices;
using RustyRail.Contract.Snapshots;

namespace RustyRail.Dataplane.Packets;

/// <summary>RFC 8200 section 3.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct Ipv6Header
{
    public const int Size = 40;

    /// <summary>RFC 8200 section 5: what every path carries.</summary>
    public const int MinMtuBytes = 1280;

    /// <summary>Version, traffic class, flow label; packet order.</summary>
    public uint FirstWordRaw;
    public U16Be PayloadLength;
    public byte NextHeader;
    public byte HopLimit;
    public IpKey Source;
    public IpKey Destination;

    public readonly bool IsSane => (FirstWordRaw & 0xF0) == 0x60;

    /// <summary>DSCP and ECN.</summary>
    public byte TrafficClass
    {
        readonly get => (byte)(((FirstWordRaw & 0x0F) << 4) | ((FirstWordRaw >> 12) & 0x0F));
        set => FirstWordRaw = (FirstWordRaw & 0xFFFF_0FF0) | (uint)(value >> 4) | ((uint)(value & 0x0F) << 12);
    }

    public static unsafe bool IsAt(byte* header) => (*header >> 4) == 6;
}
