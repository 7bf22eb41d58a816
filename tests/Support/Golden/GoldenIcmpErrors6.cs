using RustyRail.Contract.Region;
using RustyRail.Tests.Support.Packets;
using static RustyRail.Tests.Support.Golden.GoldenExpectation;

namespace RustyRail.Tests.Support.Golden;

/// <summary>ICMPv6 errors, RFC 4443 section 3.</summary>
internal static class GoldenIcmpErrors6
{
    public static IEnumerable<GoldenCase> Cases => [.. Kinds, .. Quotes, .. ByForm, .. Refused, .. OfTheHost];

    private static PacketBuilder Source(string vip = Cast.Vip6, Func<Ipv6Layer, Ipv6Layer>? ip = null) => PacketBuilder.Bare.Ipv6(vip, Cast.Client6, ip);

    private static PacketBuilder Tcp(PacketBuilder behind, int port = 80) => behind.Tcp(port, 32000, TcpControl.Ack | TcpControl.Psh).PayloadOf(900);

    private static PacketBuilder Error(PacketBuilder about, int? bytes = null, byte type = 1, byte code = 3, uint rest = 0, string vip = Cast.Vip6) =>
        PacketBuilder.Bare.Ipv6(Cast.Hop6, vip).Icmpv6(type, code, icmp => icmp with { Rest = rest }).Embedded(about, bytes);

    private static GoldenExpectation To(string service, PacketBuilder packet) => Delivered.Gre(service, GoldenServer.Six1, packet);

    private static GoldenExpectation InPlace(string service, PacketBuilder packet) => Delivered.InPlace(service, GoldenServer.Six1, packet);

    private static GoldenCase Of(string name) => new(name, GoldenCatalogues.Web6);

    private static IEnumerable<GoldenCase> Kinds
    {
        get
        {
            foreach ((string name, byte type, byte code, uint rest) in new (string, byte, byte, uint)[]
            {
                ("destination unreachable", 1, 3, 0), ("port unreachable", 1, 4, 0), ("packet too big", 2, 0, 1280),
                ("hop limit exceeded", 3, 0, 0), ("a parameter problem", 4, 1, 6),
            })
            {
                PacketBuilder error = Error(Tcp(Source()), null, type, code, rest);
                yield return Of($"ICMPv6 {name} about a connection goes to its server")
                    .SendPlain(error, To("web6", error))
                    .SendInGre6(error, InPlace("web6", error))
                    .SendInGre4(error, Delivered.Replaced("web6", GoldenServer.Six1, error));
            }

            PacketBuilder aboutUdp = Error(Source().Udp(53, 32000).PayloadOf(300), 48);
            yield return Of("an ICMPv6 error about a datagram goes to its server").SendPlain(aboutUdp, To("dns6", aboutUdp));
        }
    }

    private static IEnumerable<GoldenCase> Quotes
    {
        get
        {
            foreach ((string name, PacketBuilder error) in new (string, PacketBuilder)[]
            {
                ("eight bytes of TCP", Error(Tcp(Source()), 48)),
                ("as much as fits into 1280 bytes", Error(Tcp(Source()).PayloadOf(1400), 1232)),
                ("extension headers", Error(Tcp(Source().HopByHop(16).DestinationOptions()), 200)),
                ("extension headers and eight bytes", Error(Tcp(Source().HopByHop(16).DestinationOptions()), 40 + 24 + 8)),
                ("a first fragment", Error(Tcp(Source()).Fragment(0, 800, 0xD0000001), null)),
            })
            {
                yield return Of($"an ICMPv6 error that quotes {name} finds its flow")
                    .SendPlain(error, To("web6", error))
                    .SendInGre6(error, InPlace("web6", error));
            }

            PacketBuilder behind = PacketBuilder.Bare.Ipv6(Cast.Hop6, Cast.Vip6).HopByHop().Icmpv6(3).Embedded(Tcp(Source()), 400);
            yield return Of("an ICMPv6 error behind hop-by-hop options finds its flow").SendPlain(behind, To("web6", behind));
        }
    }

    private static IEnumerable<GoldenCase> ByForm =>
        from form in GoldenForm.All
        from server in GoldenServer.EitherFamily
        let vip = GoldenCatalogues.FormVip(form, true, server)
        let error = Error(Tcp(Source(vip)), vip: vip)
        select new GoldenCase($"an ICMPv6 error goes by {form.Word} to an {Cast.Family(server.IsIpv6)} server as its flow does", GoldenCatalogues.Forms)
            .SendPlain(error, Delivered.By(form, GoldenCatalogues.FormService(form, true, server), server, error));

    private static IEnumerable<GoldenCase> Refused
    {
        get
        {
            static GoldenCase Both(string name, PacketBuilder error, Reason reason) =>
                Of(name).SendPlain(error, Dropped(reason)).SendInGre4(error, Dropped(reason));
            yield return Both("an ICMPv6 error that quotes seven bytes of TCP is a runt", Error(Tcp(Source()), 47), Reason.Runt);
            yield return Both("an ICMPv6 error that quotes an IPv6 header alone is a runt", Error(Tcp(Source()), 40), Reason.Runt);
            yield return Both("an ICMPv6 error that quotes 39 bytes is a runt", Error(Tcp(Source()), 39), Reason.Runt);
            yield return Both("an ICMPv6 error that quotes nothing is a runt", Error(Tcp(Source()), 0), Reason.Runt);
            yield return Both("an ICMPv6 error that quotes half a chain of headers is a runt", Error(Tcp(Source().DestinationOptions(64)), 60), Reason.Runt);
            yield return Both("an ICMPv6 error that quotes version 4 is refused", Error(Tcp(Source(ip: ip => ip with { Version = 4 }))), Reason.BadHeader);
            yield return Both("seven bytes of ICMPv6 are a runt",
                PacketBuilder.Bare.Ipv6(Cast.Hop6, Cast.Vip6, ip => ip with { NextHeader = 58 }).Payload(1, 3, 0, 0, 0, 0, 0), Reason.Runt);
        }
    }

    private static IEnumerable<GoldenCase> OfTheHost
    {
        get
        {
            static GoldenCase Both(string name, PacketBuilder error) => Of(name).SendPlain(error, Host).SendInGre4(error, Host);
            yield return Both("an ICMPv6 error about what another address sent is the host's", Error(Tcp(Source(Cast.Elsewhere6))));
            yield return Both("an ICMPv6 error about a port without a service is the host's", Error(Tcp(Source(), port: 22)));
            yield return Both("an ICMPv6 error about the node's own answer to an echo is the host's", Error(Source().Icmpv6(129).PayloadOf(40)));
            yield return Both("ICMPv6 of a type that is no error known has no service", Error(Tcp(Source()), type: 100));
        }
    }
}
