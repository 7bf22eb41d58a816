using RustyRail.Tests.Support.Packets;

namespace RustyRail.Tests.Support.Golden;

/// <summary>What the node says itself: from the VIP, untunnelled, to the MAC that the packet came from, 64 hops.</summary>
internal static class Answer
{
    // RFC 1812 section 4.3.2.3: as much as fits into 576 bytes. RFC 4443 section 2.4 (c): into the least MTU of IPv6.
    public const int Quoted4 = 576 - 20 - 8, Quoted6 = 1280 - 40 - 8;

    /// <summary>Back to where frames of the table come from.</summary>
    public static PacketBuilder Frame { get; } = PacketBuilder.Ethernet(Cast.RouterMac, Cast.BalancerMac);

    public static PacketBuilder Ip4(Unstated open, string vip = Cast.Vip4, PacketBuilder? frame = null) =>
        (frame ?? Frame).Ipv4(vip, Cast.Client4, open.Answer);

    public static PacketBuilder Ip6(Unstated open, string vip = Cast.Vip6, PacketBuilder? frame = null) =>
        (frame ?? Frame).Ipv6(vip, Cast.Client6, open.Answer);

    /// <summary>ICMP 3/4 about that packet.</summary>
    public static PacketBuilder TooBig4(Unstated open, int mtu, PacketBuilder packet, string vip = Cast.Vip4, PacketBuilder? frame = null) =>
        Ip4(open, vip, frame).Icmp(3, 4, icmp => icmp with { Rest = (uint)mtu }).Embedded(packet, Quoted4);

    /// <summary>ICMPv6 2 about that packet.</summary>
    public static PacketBuilder TooBig6(Unstated open, int mtu, PacketBuilder packet, string vip = Cast.Vip6, PacketBuilder? frame = null) =>
        Ip6(open, vip, frame).Icmpv6(2, 0, icmp => icmp with { Rest = (uint)mtu }).Embedded(packet, Quoted6);
}
