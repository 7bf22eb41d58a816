namespace RustyRail.Tests.Support.Packets;

/// <summary>The rest of <see cref="PacketBuilder"/>'s headers.</summary>
public static class MoreHeaders
{
    public static PacketBuilder Vlan(this PacketBuilder around, int id, int priority = 0, ushort tagType = VlanLayer.Customer, Func<VlanLayer, VlanLayer>? with = null) =>
        around.Add(new VlanLayer { Id = id, Priority = priority, TagType = tagType }, with);

    /// <param name="bytes">The whole header.</param>
    public static PacketBuilder Extension(this PacketBuilder around, Ipv6ExtensionKind kind, int bytes = 8, Func<Ipv6ExtensionLayer, Ipv6ExtensionLayer>? with = null) =>
        around.Add(new Ipv6ExtensionLayer { Kind = kind, Bytes = bytes }, with);

    public static PacketBuilder HopByHop(this PacketBuilder around, int bytes = 8) => around.Extension(Ipv6ExtensionKind.HopByHop, bytes);

    public static PacketBuilder DestinationOptions(this PacketBuilder around, int bytes = 8) => around.Extension(Ipv6ExtensionKind.DestinationOptions, bytes);

    public static PacketBuilder Routing(this PacketBuilder around, byte segmentsLeft = 0, int bytes = 24) =>
        around.Extension(Ipv6ExtensionKind.Routing, bytes, layer => layer with { RoutingType = 2, SegmentsLeft = segmentsLeft });

    public static PacketBuilder Authentication(this PacketBuilder around, int bytes = 24) => around.Extension(Ipv6ExtensionKind.Authentication, bytes);

    public static PacketBuilder FragmentHeader(this PacketBuilder around, uint id, int offset = 0, bool more = false, byte? nextHeader = null) =>
        around.Extension(Ipv6ExtensionKind.Fragment, 8, layer => layer with { Identification = id, Offset = offset, MoreFragments = more, NextHeader = nextHeader });

    public static PacketBuilder Gue(this PacketBuilder around, Func<GueLayer, GueLayer>? with = null) => around.Add(new GueLayer(), with);

    public static PacketBuilder Vxlan(this PacketBuilder around, int vni, Func<VxlanLayer, VxlanLayer>? with = null) => around.Add(new VxlanLayer { Vni = vni }, with);

    public static PacketBuilder Geneve(this PacketBuilder around, int vni, Func<GeneveLayer, GeneveLayer>? with = null) => around.Add(new GeneveLayer { Vni = vni }, with);

    /// <summary>The frame that an overlay carries.</summary>
    public static PacketBuilder InnerEthernet(this PacketBuilder around, string destination, string source) =>
        around.Add(new EthernetLayer { Destination = PacketBuilder.Mac(destination), Source = PacketBuilder.Mac(source) }, null);

    /// <summary>What an ICMP error quotes: a packet, or its first bytes.</summary>
    public static PacketBuilder Embedded(this PacketBuilder error, PacketBuilder packet, int? bytes = null)
    {
        byte[] whole = packet.Build();
        return error.Payload(whole[..Math.Min(bytes ?? whole.Length, whole.Length)]);
    }
}
