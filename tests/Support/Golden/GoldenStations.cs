using RustyRail.Contract.Region;
using RustyRail.Tests.Support.Packets;
using static RustyRail.Tests.Support.Golden.GoldenExpectation;

namespace RustyRail.Tests.Support.Golden;

/// <summary>Frames for other stations, and what is the host's by its type or address.</summary>
internal static class GoldenStations
{
    private static readonly PacketBuilder _packet = Cast.Tcp4();

    public static IEnumerable<GoldenCase> Cases => [.. Addresses, .. Types, .. Ipv4, .. Ipv6];

    private static GoldenCase Of(string name, PacketBuilder frame) => new GoldenCase(name, GoldenCatalogues.Web).Send(frame, Host);

    private static GoldenCase Of6(string name, PacketBuilder frame) => new GoldenCase(name, GoldenCatalogues.Web6).Send(frame, Host);

    private static IEnumerable<GoldenCase> Addresses
    {
        get
        {
            foreach ((string name, string mac) in new[]
            {
                ("another station", "02:00:00:00:00:99"), ("a station whose first bytes are ours", "02:00:00:00:01:01"),
                ("a station whose last bytes are ours", "06:00:00:00:00:01"),
                ("everybody", "ff:ff:ff:ff:ff:ff"), ("an IPv4 group", "01:00:5e:00:00:01"), ("an IPv6 group", "33:33:00:00:00:01"),
            })
            {
                PacketBuilder frame = PacketBuilder.Ethernet(mac, Cast.RouterMac);
                yield return Of($"a VIP's packet to {name} is left alone", frame.Then(_packet)) with { NeedsDevice = true };
                yield return Of($"a VIP's packet in GRE to {name} is left alone", Came.InGre4(frame: frame).Then(_packet)) with { NeedsDevice = true };
            }

            yield return Of("a damaged packet to another station is left alone",
                PacketBuilder.Ethernet("02:00:00:00:00:99", Cast.RouterMac).Then(Cast.Tcp4(ip: ip => ip with { Version = 7 }))) with
            { NeedsDevice = true };
        }
    }

    private static IEnumerable<GoldenCase> Types
    {
        get
        {
            foreach ((string name, ushort type) in new (string, ushort)[]
            {
                ("ARP", 0x0806), ("LLDP", 0x88CC), ("PPPoE", 0x8864), ("MPLS", 0x8847), ("IEEE 802.3 with a length", 100),
            })
                yield return Of($"{name} is the host's", PacketBuilder.Ethernet(Cast.BalancerMac, Cast.RouterMac, type).PayloadOf(100));
            yield return Of("ARP of one byte is the host's", PacketBuilder.Ethernet(Cast.BalancerMac, Cast.RouterMac, 0x0806).PayloadOf(1));
            yield return new GoldenCase("IPv6 behind the type of IPv4 is refused", GoldenCatalogues.Web6)
                .Send(PacketBuilder.Ethernet(Cast.BalancerMac, Cast.RouterMac, 0x0800).Then(Cast.Tcp6()), Dropped(Reason.BadHeader));
            yield return new GoldenCase("IPv4 behind the type of IPv6 is refused", GoldenCatalogues.Web)
                .Send(PacketBuilder.Ethernet(Cast.BalancerMac, Cast.RouterMac, 0x86DD).Then(_packet), Dropped(Reason.BadHeader));
        }
    }

    private static IEnumerable<GoldenCase> Ipv4
    {
        get
        {
            yield return Of("SSH to the balancer is the host's", Came.Plain.Then(Cast.Tcp4(port: 22, vip: Cast.Balancer4)));
            yield return Of("a ping of the balancer is the host's", Came.Plain.Ipv4(Cast.Client4, Cast.Balancer4).Icmp().PayloadOf(56));
            yield return Of("an error to the balancer is the host's",
                Came.Plain.Ipv4("192.168.137.11", Cast.Balancer4).Icmp(3, 2).Embedded(PacketBuilder.Bare.Ipv4(Cast.Balancer4, "192.168.137.11").Gre().Then(_packet), 28));
            yield return Of("another host's packet is the host's to route", Came.Plain.Then(Cast.Tcp4(vip: Cast.Elsewhere4)));
            yield return Of("the address before the VIP is none", Came.Plain.Then(Cast.Tcp4(vip: "10.1.0.0")));
            yield return Of("the address behind the VIP is none", Came.Plain.Then(Cast.Tcp4(vip: "10.1.0.2")));
            yield return Of("multicast is the host's", Came.Plain.Then(Cast.Udp4(vip: "224.0.0.251", port: 5353)));
            yield return Of("broadcast is the host's", Came.Plain.Then(Cast.Udp4(vip: "255.255.255.255", port: 67, client: "0.0.0.0")));
            yield return Of("multicast in GRE is the host's", Came.InGre4().Then(Cast.Udp4(vip: "224.0.0.251", port: 5353)));
            yield return Of("broadcast in GRE is the host's", Came.InGre4().Then(Cast.Udp4(vip: "255.255.255.255", port: 67)));
            yield return Of("IPIP to the balancer is the host's", Came.Plain.Ipv4(Cast.Router4, Cast.Balancer4).Then(_packet));
            yield return Of("IPv6 in IPv4 to the balancer is the host's", Came.Plain.Ipv4(Cast.Router4, Cast.Balancer4).Then(Cast.Tcp6()));
            yield return Of("a VIP's other port is the host's", Came.Plain.Then(Cast.Tcp4(port: 443)));
            yield return Of("a VIP's other port in GRE is the host's", Came.InGre4().Then(Cast.Tcp4(port: 443)));
            yield return Of("a VIP's other protocol is the host's", Came.Plain.Ipv4(Cast.Client4, Cast.Vip4, ip => ip with { Protocol = 132 }).PayloadOf(20));
            yield return Of("IPIP to a VIP has no service", Came.Plain.Ipv4(Cast.Client4, Cast.Vip4).Then(_packet));
        }
    }

    private static IEnumerable<GoldenCase> Ipv6
    {
        get
        {
            yield return Of6("SSH to the balancer by IPv6 is the host's", Came.Plain.Then(Cast.Tcp6(port: 22, vip: Cast.Balancer6)));
            yield return Of6("a neighbour solicitation for the balancer is the host's",
                Came.Plain.Ipv6(Cast.Router6, Cast.Balancer6, ip => ip with { HopLimit = 255 }).Icmpv6(135).PayloadOf(16));
            yield return Of6("a neighbour solicitation to its group is the host's",
                Came.Plain.Ipv6(Cast.Router6, "ff02::1:ff00:188", ip => ip with { HopLimit = 255 }).Icmpv6(135).PayloadOf(16));
            yield return Of6("another host's IPv6 packet is the host's to route", Came.Plain.Then(Cast.Tcp6(vip: Cast.Elsewhere6)));
            yield return Of6("the address before the IPv6 VIP is none", Came.Plain.Then(Cast.Tcp6(vip: "2001:db8:1::")));
            yield return Of6("an address like the VIP in its last 64 bits is none", Came.Plain.Then(Cast.Tcp6(vip: "2001:db8:2::1")));
            yield return Of6("an address like the VIP in its first 64 bits is none", Came.Plain.Then(Cast.Tcp6(vip: "2001:db8:1:0:1::1")));
            yield return Of6("IPv6 multicast is the host's", Came.Plain.Then(Cast.Udp6(vip: "ff02::fb", port: 5353)));
            yield return Of6("IPv6 multicast in GRE is the host's", Came.InGre6().Then(Cast.Udp6(vip: "ff02::fb", port: 5353)));
            yield return Of6("an IPv6 VIP's other port is the host's", Came.Plain.Then(Cast.Tcp6(port: 443)));
            yield return Of6("an IPv6 VIP's other port in GRE is the host's", Came.InGre6().Then(Cast.Tcp6(port: 443)));
            yield return Of("an IPv4 VIP written as IPv6 is another address", Came.Plain.Then(Cast.Tcp6(vip: "::ffff:10.1.0.1")));
            yield return Of("an IPv4 VIP written as IPv6 in GRE is another address", Came.InGre4().Then(Cast.Tcp6(vip: "::ffff:10.1.0.1")));
        }
    }
}
