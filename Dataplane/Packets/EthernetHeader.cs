using System.Runtime.InteropServices;

namespace RustyRail.Dataplane.Packets;

[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal unsafe struct EthernetHeader
{
    public const int Size = 14;

    /// <summary>Destination, then source.</summary>
    public fixed byte Macs[12];
    public U16Be EtherType;
}

/// <summary>EtherType values in packet order, to compare with <see cref="U16Be.Raw"/>.</summary>
internal static class EtherType
{
    public const ushort Ipv4Raw = 0x0008;
}
