using RustyRail.Contract.Region;
using RustyRail.Tests.Support.Packets;
using static RustyRail.Tests.Support.Golden.GoldenExpectation;

namespace RustyRail.Tests.Support.Golden;

/// <summary>ICMP errors of IPv4: to the flow that the embedded packet belongs to, which the VIP sent and something on the way refused.</summary>
internal static class GoldenIcmpErrors
{
    public static IEnumerable<GoldenCase> Cases => [.. Kinds, .. Quotes, .. ByForm, .. Refused, .. OfTheHost];

    private static PacketBuilder Refused4(int clientPort = 32000, int port = 80, Func<Ipv4Layer, Ipv4Layer>? ip = null, string vip = Cast.Vip4) =>
        PacketBuilder.Bare.Ipv4(vip, Cast.Client4, ip).Tcp(port, clientPort, TcpControl.Ack | TcpControl.Psh).PayloadOf(600);

    private static PacketBuilder Error(PacketBuilder about, int? bytes = 28, byte type = 3, byte code = 1, uint rest = 0, string vip = Cast.Vip4) =>
        PacketBuilder.Bare.Ipv4(Cast.Hop4, vip).Icmp(type, code, icmp => icmp with { Rest = rest }).Embedded(about, bytes);

    private static GoldenExpectation To(string service, PacketBuilder packet) => Delivered.Gre(service, GoldenServer.Four1, packet);

    private static GoldenExpectation InPlace(string service, PacketBuilder packet) => Delivered.InPlace(service, GoldenServer.Four1, packet);

    private static GoldenCase Of(string name) => new(name, GoldenCatalogues.Web);

    private static IEnumerable<GoldenCase> Kinds
    {
        get
        {
            foreach ((string name, byte type, byte code, uint rest) in new (string, byte, byte, uint)[]
            {
                ("host unreachable", 3, 1, 0), ("port unreachable", 3, 3, 0), ("fragmentation needed", 3, 4, 1400), ("administratively prohibited", 3, 13, 0),
                ("source quench", 4, 0, 0), ("time exceeded", 11, 0, 0), ("reassembly time exceeded", 11, 1, 0), ("a parameter problem", 12, 0, 0x14000000),
            })
            {
                PacketBuilder error = Error(Refused4(), 28, type, code, rest);
                yield return Of($"{name} about a connection goes to its server")
                    .SendPlain(error, To("web", error))
                    .SendInGre4(error, InPlace("web", error))
                    .SendInGre6(error, Delivered.Replaced("web", GoldenServer.Four1, error));
            }

            PacketBuilder aboutUdp = Error(PacketBuilder.Bare.Ipv4(Cast.Vip4, Cast.Client4).Udp(53, 32000).PayloadOf(300), 28, 3, 3);
            yield return Of("an error about a datagram goes to its server")
                .SendPlain(aboutUdp, To("dns", aboutUdp))
                .SendInGre4(aboutUdp, InPlace("dns", aboutUdp));
            PacketBuilder fromClient = PacketBuilder.Bare.Ipv4(Cast.Client4, Cast.Vip4).Icmp(3, 3).Embedded(Refused4(), 28);
            yield return Of("the client's own error goes to its server").SendPlain(fromClient, To("web", fromClient));
        }
    }

    private static IEnumerable<GoldenCase> Quotes
    {
        get
        {
            foreach ((string name, PacketBuilder error) in new (string, PacketBuilder)[]
            {
                ("eight bytes of TCP", Error(Refused4(), 28)),
                ("as much as fits into 576 bytes", Error(Refused4(), 548)),
                ("the whole packet", Error(Refused4(), null)),
                ("IPv4 options", Error(Refused4(ip: ip => ip with { Options = Ipv4Option.RecordRoute(9) }), 68)),
                ("a length beyond what is quoted", Error(Refused4(ip: ip => ip with { TotalLength = 1500 }), 28)),
                ("a first fragment", Error(Refused4().Fragment(0, 400, 0x3001), 28)),
            })
            {
                yield return Of($"an error that quotes {name} finds its flow").SendPlain(error, To("web", error)).SendInGre4(error, InPlace("web", error));
            }

            // RFC 4884: the quoted part is padded, its length in words is said, and extensions follow.
            PacketBuilder extended = PacketBuilder.Bare.Ipv4(Cast.Hop4, Cast.Vip4).Icmp(11, 0, icmp => icmp with { Rest = 32 << 16 })
                .Payload([.. Refused4().Build()[..128], .. (byte[])[0x20, 0, 0x9D, 0xF4, 0, 8, 1, 1, 0, 1, 0x41, 0x01]]);
            yield return Of("an error with extensions finds its flow").SendPlain(extended, To("web", extended));
            PacketBuilder wrong = PacketBuilder.Bare.Ipv4(Cast.Hop4, Cast.Vip4).Icmp(3, 1, icmp => icmp with { ChecksumError = 1 }).Embedded(Refused4(), 28);
            yield return (Of("an error's own checksum is the server's to find") with { IsFlawed = true }).SendPlain(wrong, To("web", wrong));
            PacketBuilder hopLess = Error(Refused4(ip: ip => ip with { ChecksumError = 0x100, TimeToLive = 0 }), 28);
            yield return (Of("an error that quotes a checksum that was right before the last hop finds its flow") with { IsFlawed = true })
                .SendPlain(hopLess, To("web", hopLess));
            PacketBuilder alert = PacketBuilder.Bare.Ipv4(Cast.Hop4, Cast.Vip4, ip => ip with { Options = Ipv4Option.RouterAlert });
            PacketBuilder behindOptions = alert.Icmp(3, 1).Embedded(Refused4(), 28);
            yield return Of("an error behind IPv4 options finds its flow").SendPlain(behindOptions, To("web", behindOptions));
        }
    }

    private static IEnumerable<GoldenCase> ByForm =>
        from form in GoldenForm.All
        from server in GoldenServer.EitherFamily
        let vip = GoldenCatalogues.FormVip(form, false, server)
        let error = Error(Refused4(vip: vip), vip: vip)
        select new GoldenCase($"an error goes by {form.Word} to an {Cast.Family(server.IsIpv6)} server as its flow does", GoldenCatalogues.Forms)
            .SendPlain(error, Delivered.By(form, GoldenCatalogues.FormService(form, false, server), server, error));

    private static IEnumerable<GoldenCase> Refused
    {
        get
        {
            static GoldenCase Both(string name, PacketBuilder error, Reason reason) =>
                Of(name).SendPlain(error, Dropped(reason)).SendInGre4(error, Dropped(reason));
            yield return Both("an error that quotes seven bytes of TCP is a runt", Error(Refused4(), 27), Reason.Runt);
            yield return Both("an error that quotes an IPv4 header alone is a runt", Error(Refused4(), 20), Reason.Runt);
            yield return Both("an error that quotes 19 bytes is a runt", Error(Refused4(), 19), Reason.Runt);
            yield return Both("an error that quotes nothing is a runt", Error(Refused4(), 0), Reason.Runt);
            yield return Both("an error that quotes less than the options it names is a runt",
                Error(Refused4(ip: ip => ip with { Options = Ipv4Option.RecordRoute(9) }), 40), Reason.Runt);
            yield return Both("an error that quotes version 6 is refused", Error(Refused4(ip: ip => ip with { Version = 6 })), Reason.BadHeader);
            yield return Both("an error that quotes a header of 4 words is refused", Error(Refused4(ip: ip => ip with { HeaderWords = 4 })), Reason.BadHeader);
            PacketBuilder noIcmp = PacketBuilder.Bare.Ipv4(Cast.Hop4, Cast.Vip4, ip => ip with { Protocol = 1 }).Payload(3, 1, 0xFC, 0xFE, 0, 0, 0);
            yield return Both("seven bytes of ICMP are a runt", noIcmp, Reason.Runt);
        }
    }

    private static IEnumerable<GoldenCase> OfTheHost
    {
        get
        {
            static GoldenCase Both(string name, PacketBuilder error) => Of(name).SendPlain(error, Host).SendInGre4(error, Host);
            yield return Both("an error about what another address sent is the host's", Error(Refused4(vip: Cast.Elsewhere4)));
            yield return Both("an error about what another VIP sent is the host's", Error(Refused4(vip: "10.1.0.3")));
            yield return Both("an error about a port without a service is the host's", Error(Refused4(port: 22)));
            yield return Both("an error about a protocol without a service is the host's",
                Error(PacketBuilder.Bare.Ipv4(Cast.Vip4, Cast.Client4, ip => ip with { Protocol = 50 }).PayloadOf(40), null));
            yield return Both("an error about the node's own answer to an echo is the host's",
                Error(PacketBuilder.Bare.Ipv4(Cast.Vip4, Cast.Client4).Icmp(0).PayloadOf(40), null));
            yield return Both("a redirect is no error about a flow", Error(Refused4(), 28, type: 5, code: 1, rest: 0x0A000001));
        }
    }
}
