using RustyRail.Tests.Support.Packets;

namespace RustyRail.Tests.Support.Golden;

/// <summary>How a client's packet reaches the balancer; the packet follows by <see cref="PacketBuilder.Then"/>.</summary>
internal static class Came
{
    public static PacketBuilder Plain { get; } = PacketBuilder.Ethernet(Cast.BalancerMac, Cast.RouterMac);

    public static PacketBuilder InGre4(Func<Ipv4Layer, Ipv4Layer>? outer = null, Func<GreLayer, GreLayer>? gre = null, PacketBuilder? frame = null) =>
        (frame ?? Plain).Ipv4(Cast.Router4, Cast.Balancer4, outer).Gre(gre);

    public static PacketBuilder InGre6(Func<Ipv6Layer, Ipv6Layer>? outer = null, Func<GreLayer, GreLayer>? gre = null, PacketBuilder? frame = null) =>
        (frame ?? Plain).Ipv6(Cast.Router6, Cast.Balancer6, outer).Gre(gre);

    /// <summary>Every way, with its name.</summary>
    public static IEnumerable<(string Name, PacketBuilder Around)> Ways =>
        [("plain", Plain), ("in GRE over IPv4", InGre4()), ("in GRE over IPv6", InGre6())];
}
