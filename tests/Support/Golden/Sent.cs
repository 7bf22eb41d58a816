using RustyRail.Tests.Support.Packets;

namespace RustyRail.Tests.Support.Golden;

/// <summary>What the balancer puts before a client's packet, header by header ("How it leaves" in packet-classes.md); the packet follows.</summary>
internal static class Sent
{
    public const int Vni = 0xABCDE;
    public const string OverlayDestination = "02:0a:00:00:00:0b", OverlaySource = "02:0a:00:00:00:0a";

    /// <summary>To that backend's next hop.</summary>
    public static PacketBuilder Frame(Unstated open) => PacketBuilder.Ethernet(open.Backend.Mac, Cast.BalancerMac);

    /// <param name="typeOfService">As inside, RFC 6040 section 4.1.</param>
    /// <param name="frame">Null: <see cref="Frame"/>; else that with tags.</param>
    public static PacketBuilder As(GoldenForm form, Unstated open, byte typeOfService = 0, PacketBuilder? frame = null)
    {
        if (!form.IsTunnel) return frame ?? Frame(open);
        PacketBuilder outer = Outer(open, typeOfService, frame);
        return form.Word switch
        {
            "gre" => outer.Gre(),
            "ipip" => outer,
            "gue" => Udp(outer, open, GueLayer.Port).Gue(),
            "vxlan" => Udp(outer, open, VxlanLayer.Port).Vxlan(Vni).InnerEthernet(OverlayDestination, OverlaySource),
            _ => Udp(outer, open, GeneveLayer.Port).Geneve(Vni).InnerEthernet(OverlayDestination, OverlaySource),
        };
    }

    public static PacketBuilder Gre(Unstated open, byte typeOfService = 0, PacketBuilder? frame = null) => As(GoldenForm.Gre, open, typeOfService, frame);

    /// <summary>A new outer header: from the balancer, 64 hops, IPv4 not to be fragmented, IPv6 with the flow's label.</summary>
    public static PacketBuilder Outer(Unstated open, byte typeOfService = 0, PacketBuilder? frame = null) => open.Backend.IsIpv6
        ? (frame ?? Frame(open)).Ipv6(Cast.Balancer6, open.Backend.Address, ip => ip with { TrafficClass = typeOfService, FlowLabel = open.FlowLabel })
        : (frame ?? Frame(open)).Ipv4(Cast.Balancer4, open.Backend.Address, ip => ip with { TypeOfService = typeOfService, FragmentField = Ipv4Layer.DontFragment });

    /// <summary>A router's IPv4 header with new addresses, one hop less and not to be fragmented; all else as it came.</summary>
    public static PacketBuilder InPlace4(Unstated open, Func<Ipv4Layer, Ipv4Layer>? came = null, Func<GreLayer, GreLayer>? gre = null, PacketBuilder? frame = null) =>
        (frame ?? Frame(open)).Ipv4(Cast.Balancer4, open.Backend.Address, ip => OneHopLess(came?.Invoke(ip) ?? ip)).Gre(gre);

    /// <summary>The same of IPv6.</summary>
    public static PacketBuilder InPlace6(Unstated open, Func<Ipv6Layer, Ipv6Layer>? came = null, Func<GreLayer, GreLayer>? gre = null, PacketBuilder? frame = null) =>
        (frame ?? Frame(open)).Ipv6(Cast.Balancer6, open.Backend.Address, ip => OneHopLess(came?.Invoke(ip) ?? ip)).Gre(gre);

    /// <summary>A header of the other family for a router's, which says what that said, with one hop less. The GRE header stays.</summary>
    public static PacketBuilder Replaced(Unstated open, byte typeOfService = 0, Func<GreLayer, GreLayer>? gre = null, byte hops = 64) => (open.Backend.IsIpv6
        ? Frame(open).Ipv6(Cast.Balancer6, open.Backend.Address, ip => OneHopLess(ip with { TrafficClass = typeOfService, FlowLabel = open.FlowLabel, HopLimit = hops }))
        : Frame(open).Ipv4(Cast.Balancer4, open.Backend.Address, ip => OneHopLess(ip with { TypeOfService = typeOfService, TimeToLive = hops }))).Gre(gre);

    private static Ipv4Layer OneHopLess(Ipv4Layer ip) => ip with { TimeToLive = (byte)(ip.TimeToLive - 1), FragmentField = Ipv4Layer.DontFragment };

    private static Ipv6Layer OneHopLess(Ipv6Layer ip) => ip with { HopLimit = (byte)(ip.HopLimit - 1) };

    /// <summary>Without a checksum over IPv4, with one over IPv6.</summary>
    private static PacketBuilder Udp(PacketBuilder outer, Unstated open, int port) =>
        outer.Udp(open.FlowPort, port, udp => udp with { HasNoChecksum = !open.Backend.IsIpv6 });
}
