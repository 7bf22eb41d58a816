using System.Runtime.InteropServices;

namespace RustyRail.Dataplane.Packets;

[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal unsafe struct EthernetHeader
{
    public const int Size = 14, TagSize = 4, MostTags = 2;

    /// <summary>Destination, then source.</summary>
    public fixed byte Macs[12];
    public U16Be EtherType;
}

/// <summary>EtherType values in packet order, to compare with <see cref="U16Be.Raw"/>.</summary>
internal static class EtherType
{
    public const ushort Ipv4Raw = 0x0008, Ipv6Raw = 0xDD86, VlanRaw = 0x0081, ServiceVlanRaw = 0xA888;

    public static bool IsTag(ushort raw) => raw is VlanRaw or ServiceVlanRaw;
}
