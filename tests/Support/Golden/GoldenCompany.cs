using System.Collections.Immutable;
using RustyRail.Contract.Region;
using RustyRail.Tests.Support.Packets;
using static RustyRail.Tests.Support.Golden.GoldenExpectation;

namespace RustyRail.Tests.Support.Golden;

/// <summary>Who goes with whom where there are five servers: fragments, errors and whole packets of one flow. Ports and identifications are each case's own.</summary>
internal static class GoldenCompany
{
    public static IEnumerable<GoldenCase> Cases => [.. Flows, .. Fragments, .. Errors, .. Affinities];

    private static GoldenExpectation ToOne(string service, Func<Unstated, PacketBuilder> around, PacketBuilder packet) =>
        Forwarded(service, GoldenServer.Four, open => around(open).Then(packet));

    private static GoldenExpectation ToOne(string service, PacketBuilder packet) => ToOne(service, open => Sent.Gre(open), packet);

    private static GoldenExpectation ToOneReplaced(string service, PacketBuilder packet) => ToOne(service, open => Sent.Replaced(open), packet);

    private static GoldenExpectation ToOneInPlace(string service, PacketBuilder packet) => ToOne(service, open => Sent.InPlace4(open), packet);

    private static IEnumerable<GoldenCase> Flows
    {
        get
        {
            foreach ((string service, PacketBuilder packet, PacketBuilder next) in new[]
            {
                ("many", Cast.Tcp4(31001, vip: "10.5.0.1"), Cast.Tcp4(31001, vip: "10.5.0.1", payload: 7)),
                ("many-dns", Cast.Udp4(31002, vip: "10.5.0.1"), Cast.Udp4(31002, vip: "10.5.0.1", payload: 7)),
            })
            {
                yield return new GoldenCase($"a flow of {service} has one server however its packets come", GoldenCatalogues.Many)
                    .SendPlain(packet, ToOne(service, packet))
                    .SendInGre4(next, ToOneInPlace(service, next).ToBackendOf(0))
                    .SendInGre6(packet, ToOneReplaced(service, packet).ToBackendOf(0));
            }

            PacketBuilder six = Cast.Tcp6(31003, vip: "2001:db8:5::1"), six2 = Cast.Tcp6(31003, vip: "2001:db8:5::1", ip: ip => ip with { FlowLabel = 0x777 });
            yield return new GoldenCase("an IPv6 flow has one server however its packets come", GoldenCatalogues.Many6)
                .SendInGre6(six, ToOneReplaced("many6", six))
                .SendPlain(six2, ToOne("many6", six2).ToBackendOf(0))
                .SendInGre4(six, ToOneInPlace("many6", six).ToBackendOf(0));
        }
    }

    private static IEnumerable<GoldenCase> Fragments
    {
        get
        {
            PacketBuilder[] a = Pieces(Cast.Tcp4(31101, vip: "10.5.0.1", payload: 200), 0x2001),
                b = Pieces(Cast.Tcp4(31102, vip: "10.5.0.1", payload: 200), 0x2002);
            PacketBuilder whole = Cast.Tcp4(31101, vip: "10.5.0.1", payload: 9), segment = Cast.Tcp4(31102, vip: "10.5.0.1", payload: 9);
            yield return new GoldenCase("fragments go with their first, and so does the flow it opens", GoldenCatalogues.Many)
                .SendPlain(a[0], ToOne("many", a[0]))
                .SendPlain(a[2], ToOne("many", a[2]).ToBackendOf(0))
                .SendInGre4(a[1], ToOneInPlace("many", a[1]).ToBackendOf(0))
                .SendPlain(whole, ToOne("many", whole).ToBackendOf(0));
            yield return new GoldenCase("fragments go with their flow", GoldenCatalogues.Many).SendPlain(segment, ToOne("many", segment))
                .SendPlain(b[0], ToOne("many", b[0]).ToBackendOf(0)).SendPlain(b[1], ToOne("many", b[1]).ToBackendOf(0));

            // No first was seen: the hash of addresses and protocol decides, whatever the identification and the way.
            PacketBuilder x = Pieces(Cast.Udp4(31103, vip: "10.5.0.1", payload: 200), 0x2003)[1],
                y = Pieces(Cast.Udp4(31104, vip: "10.5.0.1", payload: 200), 0x2004)[2];
            yield return new GoldenCase("unknown fragments of one client go together", GoldenCatalogues.Many)
                .SendPlain(x, ToOne("many-dns", x)).SendPlain(y, ToOne("many-dns", y).ToBackendOf(0)).SendInGre4(y, ToOneInPlace("many-dns", y).ToBackendOf(0));
            PacketBuilder split = Pieces(Cast.Tcp4(31105, vip: "10.5.0.2", payload: 200), 0x2005)[1];
            yield return new GoldenCase("a later fragment is unknown where services differ in their pool", GoldenCatalogues.Many).SendPlain(split,
                Dropped(Reason.FragmentUnknown));
            PacketBuilder[] six = Pieces(Cast.Udp6(31106, vip: "2001:db8:5::1", payload: 200), 0xC0002006);
            yield return new GoldenCase("IPv6 fragments go with their first", GoldenCatalogues.Many6).SendPlain(six[0], ToOne("many6-dns", six[0]))
                .SendInGre4(six[1], ToOneInPlace("many6-dns", six[1]).ToBackendOf(0)).SendPlain(six[2], ToOne("many6-dns", six[2]).ToBackendOf(0));
        }
    }

    private static IEnumerable<GoldenCase> Errors
    {
        get
        {
            static PacketBuilder Unreachable(PacketBuilder about) => PacketBuilder.Bare.Ipv4(Cast.Hop4, "10.5.0.1").Icmp(3, 1).Embedded(about, 28);
            PacketBuilder a = Cast.Tcp4(31201, vip: "10.5.0.1"), b = Cast.Udp4(31202, vip: "10.5.0.1");
            PacketBuilder aboutA = Unreachable(PacketBuilder.Bare.Ipv4("10.5.0.1", Cast.Client4).Tcp(80, 31201)),
                aboutB = Unreachable(PacketBuilder.Bare.Ipv4("10.5.0.1", Cast.Client4).Udp(53, 31202).PayloadOf(60));
            yield return new GoldenCase("an error goes with its flow", GoldenCatalogues.Many)
                .SendPlain(a, ToOne("many", a))
                .SendPlain(aboutA, ToOne("many", aboutA).ToBackendOf(0))
                .SendInGre4(aboutA, ToOneInPlace("many", aboutA).ToBackendOf(0));
            yield return new GoldenCase("an error goes where its flow will go", GoldenCatalogues.Many)
                .SendPlain(aboutB, ToOne("many-dns", aboutB))
                .SendPlain(b, ToOne("many-dns", b).ToBackendOf(0));
            PacketBuilder six = Cast.Tcp6(31203, vip: "2001:db8:5::1");
            PacketBuilder refused6 = PacketBuilder.Bare.Ipv6("2001:db8:5::1", Cast.Client6).Tcp(80, 31203).PayloadOf(900);
            PacketBuilder about6 = PacketBuilder.Bare.Ipv6(Cast.Hop6, "2001:db8:5::1").Icmpv6(1, 3).Embedded(refused6);
            yield return new GoldenCase("an ICMPv6 error goes with its flow", GoldenCatalogues.Many6)
                .SendPlain(six, ToOne("many6", six))
                .SendPlain(about6, ToOne("many6", about6).ToBackendOf(0))
                .SendInGre4(about6, ToOneInPlace("many6", about6).ToBackendOf(0));
        }
    }

    private static IEnumerable<GoldenCase> Affinities
    {
        get
        {
            PacketBuilder tcp = Cast.Tcp4(31301, 80, "10.3.0.2"), other = Cast.Tcp4(31302, 443, "10.3.0.2"), udp = Cast.Udp4(31303, 53, "10.3.0.2");
            PacketBuilder echo = PacketBuilder.Bare.Ipv4(Cast.Client4, "10.3.0.2").Icmp().PayloadOf(8),
                piece = Pieces(Cast.Udp4(31305, 53, "10.3.0.2", payload: 200), 0x2101)[1];
            PacketBuilder about = PacketBuilder.Bare.Ipv4(Cast.Hop4, "10.3.0.2").Icmp(11).Embedded(PacketBuilder.Bare.Ipv4("10.3.0.2", Cast.Client4).Tcp(80, 31306), 28);
            yield return new GoldenCase("by source, a client's packets of every kind go together", GoldenCatalogues.Affinities)
                .SendPlain(tcp, ToOne("by-source", tcp))
                .SendPlain(other, ToOne("by-source", other).ToBackendOf(0))
                .SendPlain(udp, ToOne("by-source", udp).ToBackendOf(0))
                .SendInGre4(echo, ToOneInPlace("by-source", echo).ToBackendOf(0));
            yield return new GoldenCase("by source, a client's unknown fragments go with the client", GoldenCatalogues.Affinities)
                .SendPlain(piece, ToOne("by-source", piece))
                .SendPlain(tcp, ToOne("by-source", tcp).ToBackendOf(0));
            yield return new GoldenCase("by source, an error goes with the client that it concerns", GoldenCatalogues.Affinities)
                .SendPlain(about, ToOne("by-source", about))
                .SendPlain(tcp, ToOne("by-source", tcp).ToBackendOf(0));

            PacketBuilder pair = Cast.Tcp4(31311, 80, "10.3.0.4"), pair2 = Cast.Udp4(31312, 99, "10.3.0.4"),
                pairPiece = Pieces(Cast.Tcp4(31313, 80, "10.3.0.4", payload: 200), 0x2102)[2];
            yield return new GoldenCase("by addresses, ports and protocol do not count", GoldenCatalogues.Affinities)
                .SendPlain(pair, ToOne("by-addresses", pair))
                .SendInGre4(pair2, ToOneInPlace("by-addresses", pair2).ToBackendOf(0))
                .SendPlain(pairPiece, ToOne("by-addresses", pairPiece).ToBackendOf(0));
            PacketBuilder six = Cast.Tcp6(31321, 80, "2001:db8:3::2"), six2 = Cast.Udp6(31322, 99, "2001:db8:3::2"),
                six4 = Cast.Tcp6(31324, 80, "2001:db8:3::4"), six5 = Cast.Udp6(31325, 9, "2001:db8:3::4");
            PacketBuilder sixPiece = Pieces(Cast.Udp6(31326, 53, "2001:db8:3::2", payload: 200), 0xC0002103)[1];
            yield return new GoldenCase("by source, an IPv6 client's packets go together", GoldenCatalogues.Affinities6)
                .SendPlain(six, ToOne("by-source6", six)).SendInGre6(six2, ToOneReplaced("by-source6", six2).ToBackendOf(0))
                .SendPlain(sixPiece, ToOne("by-source6", sixPiece).ToBackendOf(0));
            yield return new GoldenCase("by addresses, an IPv6 client's ports do not count", GoldenCatalogues.Affinities6)
                .SendPlain(six4, ToOne("by-addresses6", six4)).SendPlain(six5, ToOne("by-addresses6", six5).ToBackendOf(0));
        }
    }

    private static PacketBuilder[] Pieces(PacketBuilder whole, uint id) => [whole.Fragment(0, 96, id), whole.Fragment(96, 96, id), whole.Fragment(192, 96, id)];
}
