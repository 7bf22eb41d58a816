using RustyRail.Contract.Region;
using RustyRail.Tests.Support.Packets;
using static RustyRail.Tests.Support.Golden.GoldenExpectation;

namespace RustyRail.Tests.Support.Golden;

/// <summary>The catch-all services: for what routers encapsulate, of their own family, and nothing else.</summary>
internal static class GoldenCatchAll
{
    private const string Anywhere = "203.0.113.200", Anywhere6 = "2001:db8:aaaa::1";

    public static IEnumerable<GoldenCase> Cases => [.. Taken, .. NotTaken, .. Beside, .. Pools];

    private static IEnumerable<GoldenCase> Taken
    {
        get
        {
            static PacketBuilder Ip(byte? protocol = null) => PacketBuilder.Bare.Ipv4(Cast.Client4, Anywhere, ip => ip with { Protocol = protocol });
            PacketBuilder whole = Cast.Udp4(vip: Anywhere, payload: 400),
                about = PacketBuilder.Bare.Ipv4(Cast.Hop4, Anywhere).Icmp(3, 1).Embedded(PacketBuilder.Bare.Ipv4(Anywhere, Cast.Client4).Tcp(22, 40000), 28);
            foreach ((string name, PacketBuilder packet) in new (string, PacketBuilder)[]
            {
                ("TCP to any port", Cast.Tcp4(port: 22, vip: Anywhere)), ("UDP to any port", Cast.Udp4(port: 9, vip: Anywhere)),
                ("echo", Ip().Icmp().PayloadOf(56)),
                ("encrypted payload", Ip(50).PayloadOf(40)), ("GRE within", Ip().Gre().Then(Cast.Tcp4(vip: Cast.Elsewhere4))),
                ("a packet to a group", Cast.Udp4(vip: "224.0.0.251")),
                ("a packet to everybody", Cast.Udp4(vip: "255.255.255.255")), ("a first fragment", whole.Fragment(0, 200, 0x7001)),
                ("a later fragment that nobody knows", whole.Fragment(200, 200, 0x7002)),
                ("an ICMP error about a flow", about),
            })
            {
                yield return new GoldenCase($"the seed's catch-all takes {name} out of GRE", GoldenCatalogues.Seed)
                    .SendInGre4(packet, Delivered.InPlace("everything", GoldenServer.Four1, packet))
                    .SendInGre6(packet, Delivered.Replaced("everything", GoldenServer.Four1, packet));
            }

            PacketBuilder big = Cast.Tcp4(vip: Anywhere, payload: 1450);
            yield return new GoldenCase("too big for the seed's target is told from where the packet went", GoldenCatalogues.Seed).SendInGre4(big,
                Answered(Reason.TooBig, open => Answer.TooBig4(open, 1476, big, vip: Anywhere)));
            yield return new GoldenCase("what the catch-all takes is judged like anything", GoldenCatalogues.Seed)
                .SendInGre4(Cast.Tcp4(vip: Anywhere, ip: ip => ip with { ChecksumError = 1 }), Dropped(Reason.BadChecksum))
                .SendInGre4(Cast.Tcp4(vip: Anywhere, tcp: tcp => tcp with { HeaderWords = 4 }), Dropped(Reason.BadHeader));
        }
    }

    private static IEnumerable<GoldenCase> NotTaken
    {
        get
        {
            static GoldenCase Of(string name, PacketBuilder frame) => new GoldenCase(name, GoldenCatalogues.Seed).Send(frame, Host);
            yield return Of("the catch-all takes no plain packet", Came.Plain.Then(Cast.Tcp4(vip: Anywhere)));
            yield return Of("the catch-all takes no SSH to the balancer", Came.Plain.Then(Cast.Tcp4(port: 22, vip: Cast.Balancer4)));
            yield return Of("the catch-all answers no plain echo", Came.Plain.Ipv4(Cast.Client4, Anywhere).Icmp().PayloadOf(56));
            yield return Of("the IPv4 catch-all takes no IPv6 out of GRE", Came.InGre4().Then(Cast.Tcp6(vip: Anywhere6)));
            yield return Of("the catch-all takes no GRE with Ethernet",
                Came.InGre4().InnerEthernet(Cast.BalancerMac, Cast.RouterMac).Then(Cast.Tcp4(vip: Anywhere)));
            yield return Of("the catch-all takes no later fragment of a router's GRE",
                Came.Plain.Ipv4(Cast.Router4, Cast.Balancer4, ip => ip with { Protocol = 47, FragmentField = 16 }).PayloadOf(80));
            yield return new GoldenCase("no catch-all takes a neighbour solicitation", GoldenCatalogues.Everything)
                .Send(Came.InGre4().Ipv6(Cast.Client6, Anywhere6).Icmpv6(135).PayloadOf(16), Host);
        }
    }

    private static IEnumerable<GoldenCase> Beside
    {
        get
        {
            static GoldenCase Of(string name, PacketBuilder packet, string service, GoldenServer server)
            {
                PacketBuilder came = server.IsIpv6 ? Came.InGre6() : Came.InGre4();
                return new GoldenCase(name, GoldenCatalogues.Everything)
                    .Send(came.Then(packet), Forwarded(service, server, open => (server.IsIpv6 ? Sent.InPlace6(open) : Sent.InPlace4(open)).Then(packet)));
            }

            yield return Of("a service goes before the catch-all", Cast.Tcp4(), "web", GoldenServer.Four[1]);
            yield return Of("a VIP's other port goes to the catch-all", Cast.Tcp4(port: 443), "everything", GoldenServer.Four1);
            yield return Of("an IPv6 service goes before the catch-all", Cast.Tcp6(), "web6", GoldenServer.Six[1]);
            yield return Of("an IPv6 VIP's other port goes to its family's catch-all", Cast.Tcp6(port: 443), "everything6", GoldenServer.Six1);
            yield return Of("any IPv6 destination goes to its family's catch-all", Cast.Udp6(vip: Anywhere6), "everything6", GoldenServer.Six1);
            yield return Of("an echo to a VIP in GRE goes to the catch-all",
                PacketBuilder.Bare.Ipv4(Cast.Client4, Cast.Vip4).Icmp().PayloadOf(8), "everything", GoldenServer.Four1);
            yield return new GoldenCase("a VIP's other port that came plain is the host's beside a catch-all", GoldenCatalogues.Everything)
                .SendPlain(Cast.Tcp4(port: 443), Host).SendPlain(Cast.Tcp6(port: 443), Host);
            yield return new GoldenCase("an echo to a VIP that came plain is answered beside a catch-all", GoldenCatalogues.Everything)
                .Send(Came.Plain.Ipv4(Cast.Client4, Cast.Vip4).Icmp().PayloadOf(8), Answered(Reason.Echo, open => Answer.Ip4(open).Icmp(0).PayloadOf(8)));
        }
    }

    private static IEnumerable<GoldenCase> Pools
    {
        get
        {
            PacketBuilder half = Cast.Tcp4(vip: "10.1.0.3");
            yield return new GoldenCase("an empty pool has no server", GoldenCatalogues.Pools)
                .SendPlain(Cast.Tcp4(), Dropped(Reason.NoBackend))
                .SendInGre4(Cast.Tcp4(),
                Dropped(Reason.NoBackend));
            yield return new GoldenCase("a pool that only drains has no server for a new flow", GoldenCatalogues.Pools).SendPlain(Cast.Tcp4(vip: "10.1.0.2"),
                Dropped(Reason.NoBackend));
            yield return new GoldenCase("a new flow avoids a server that drains", GoldenCatalogues.Pools)
                .SendPlain(half, Delivered.Gre("half", GoldenServer.Four[1], half));
        }
    }
}
