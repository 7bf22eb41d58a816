using RustyRail.Contract.Region;
using RustyRail.Tests.Support.Packets;
using static RustyRail.Tests.Support.Golden.GoldenExpectation;

namespace RustyRail.Tests.Support.Golden;

/// <summary>What does not fit the path to the server (MTU 1500): the client is told what would.</summary>
internal static class GoldenTooBig
{
    private const int Tcp4 = 40, Tcp6 = 60;

    public static IEnumerable<GoldenCase> Cases => [.. Boundaries, .. InGre, .. Told, .. NotTold];

    /// <summary>For every form and family: the largest packet that fits, and one byte more.</summary>
    private static IEnumerable<GoldenCase> Boundaries
    {
        get
        {
            foreach (GoldenForm form in GoldenForm.All)
            {
                foreach (GoldenServer server in GoldenServer.EitherFamily)
                {
                    foreach (bool isIpv6 in Cast.EitherFamily)
                    {
                        int mtu = Cast.MtuBytes - form.Overhead(server), payload = mtu - (isIpv6 ? Tcp6 : Tcp4);
                        PacketBuilder fits = GoldenForms.Packet(form, isIpv6, server, payload), big = GoldenForms.Packet(form, isIpv6, server, payload + 1);
                        string what = $"{Cast.Family(isIpv6)} by {form.Word} to an {Cast.Family(server.IsIpv6)} server";
                        yield return new GoldenCase($"{mtu} bytes of {what} fit", GoldenCatalogues.Forms)
                            .SendPlain(fits, Delivered.By(form, GoldenCatalogues.FormService(form, isIpv6, server), server, fits));
                        string vip = GoldenCatalogues.FormVip(form, isIpv6, server);
                        yield return new GoldenCase($"{mtu + 1} bytes of {what} are too big", GoldenCatalogues.Forms)
                            .SendPlain(big,
                                Answered(Reason.TooBig, open => isIpv6 ? Answer.TooBig6(open, mtu, big, vip) : Answer.TooBig4(open, mtu, big, vip)));
                    }
                }
            }
        }
    }

    private static IEnumerable<GoldenCase> InGre
    {
        get
        {
            PacketBuilder fits = Cast.Tcp4(payload: 1476 - Tcp4), big = Cast.Tcp4(payload: 1477 - Tcp4), six = Cast.Tcp6(payload: 1456 - Tcp6),
                six1 = Cast.Tcp6(payload: 1457 - Tcp6);
            static GreLayer All(GreLayer gre) => gre with { HasChecksum = true, Key = 1, Sequence = 2 };
            yield return new GoldenCase("1500 bytes of GRE fit", GoldenCatalogues.Web).SendInGre4(fits, Delivered.InPlace("web", GoldenServer.Four1, fits));
            yield return new GoldenCase("1501 bytes of GRE are too big", GoldenCatalogues.Web).SendInGre4(big,
                Answered(Reason.TooBig, open => Answer.TooBig4(open, 1476, big)));
            yield return new GoldenCase("GRE's options count in what would fit", GoldenCatalogues.Web)
                .Send(Came.InGre4(gre: All).Then(fits), Answered(Reason.TooBig, open => Answer.TooBig4(open, 1500 - 20 - 16, fits)));
            yield return new GoldenCase("1500 bytes of GRE over IPv6 fit", GoldenCatalogues.Web6)
                .SendInGre6(six, Delivered.InPlace("web6", GoldenServer.Six1, six));
            yield return new GoldenCase("1501 bytes of GRE over IPv6 are too big", GoldenCatalogues.Web6).SendInGre6(six1,
                Answered(Reason.TooBig, open => Answer.TooBig6(open, 1456, six1)));

            // 1496 bytes came over IPv4; over IPv6 they would be 1516.
            PacketBuilder grows = GoldenForms.Packet(GoldenForm.Gre, false, GoldenServer.Six1, 1472 - Tcp4),
                shrinks = GoldenForms.Packet(GoldenForm.Gre, true, GoldenServer.Four1, 1476 - Tcp6);
            yield return new GoldenCase("a larger outer header may not fit", GoldenCatalogues.Forms)
                .SendInGre4(grows,
                    Answered(Reason.TooBig, open => Answer.TooBig4(open, 1456, grows, GoldenCatalogues.FormVip(GoldenForm.Gre, false, GoldenServer.Six1))));
            yield return new GoldenCase("a smaller outer header makes room", GoldenCatalogues.Forms)
                .SendInGre6(shrinks, Delivered.Replaced("gre-6-to-4", GoldenServer.Four1, shrinks));
            PacketBuilder lan = GoldenForms.Packet(GoldenForm.L2, false, GoldenServer.Four1, 1500 - Tcp4);
            yield return new GoldenCase("what fits without its tunnel is not too big", GoldenCatalogues.Forms)
                .SendInGre4(lan, Delivered.By(GoldenForm.L2, "l2-4-to-4", GoldenServer.Four1, lan));
        }
    }

    private static IEnumerable<GoldenCase> Told
    {
        get
        {
            static GoldenCase Of(string name, PacketBuilder packet) =>
                new GoldenCase(name, GoldenCatalogues.Web).SendPlain(packet, Answered(Reason.TooBig, open => Answer.TooBig4(open, 1476, packet)));
            yield return Of("a packet that must not be fragmented is answered",
                Cast.Tcp4(payload: 1450, ip: ip => ip with { FragmentField = Ipv4Layer.DontFragment }));
            yield return Of("a packet that may be fragmented is answered all the same", Cast.Tcp4(payload: 1450));
            yield return Of("a packet with options is quoted with them",
                Cast.Tcp4(payload: 1450, ip: ip => ip with { Options = Ipv4Option.RecordRoute(5), TypeOfService = 0xB8 }));
            yield return Of("a first fragment that is too big is answered", Cast.Tcp4(payload: 2000).Fragment(0, 1464, 0x5001));
            PacketBuilder datagram = Cast.Udp4(payload: 1460);
            yield return Of("a datagram that is too big is answered", datagram);
            yield return new GoldenCase("a packet far too big is quoted no longer than others", GoldenCatalogues.Web).SendPlain(Cast.Tcp4(payload: 2900),
                Answered(Reason.TooBig, open => Answer.TooBig4(open, 1476, Cast.Tcp4(payload: 2900))));
            PacketBuilder six = Cast.Tcp6(payload: 1450, ip: ip => ip with { FlowLabel = 0xFEDCB, TrafficClass = 0xB8, HopLimit = 3 });
            foreach ((string way, PacketBuilder came) in Came.Ways)
                yield return new GoldenCase($"an IPv6 packet too big that came {way} is answered", GoldenCatalogues.Web6)
                    .Send(came.Then(six), Answered(Reason.TooBig, open => Answer.TooBig6(open, 1456, six)));
            PacketBuilder options = PacketBuilder.Bare.Ipv6(Cast.Client6, Cast.Vip6).HopByHop(24).Tcp(40000, 80).PayloadOf(1440);
            yield return new GoldenCase("an IPv6 packet with options is quoted with them", GoldenCatalogues.Web6).SendPlain(options,
                Answered(Reason.TooBig, open => Answer.TooBig6(open, 1456, options)));
            PacketBuilder echo = PacketBuilder.Bare.Ipv4(Cast.Client4, "10.4.0.1").Icmp().PayloadOf(1460);
            yield return new GoldenCase("an echo for an icmp service that is too big is answered", GoldenCatalogues.Icmp).SendPlain(echo,
                Answered(Reason.TooBig, open => Answer.TooBig4(open, 1476, echo, vip: "10.4.0.1")));
            PacketBuilder within = Cast.Tcp4(vip: "10.7.3.4", payload: 1450);
            yield return new GoldenCase("too big for an address within a prefix is told from there", GoldenCatalogues.Ranges).SendPlain(within,
                Answered(Reason.TooBig, open => Answer.TooBig4(open, 1476, within, vip: "10.7.3.4")));
            PacketBuilder padded = Cast.Tcp4(payload: 1476 - Tcp4);
            yield return new GoldenCase("padding makes no packet too big", GoldenCatalogues.Web)
                .Send(Came.Plain.Then(padded).PadTo(1600), Delivered.Gre("web", GoldenServer.Four1, padded));
        }
    }

    private static IEnumerable<GoldenCase> NotTold
    {
        get
        {
            GoldenExpectation dropped = Dropped(Reason.TooBig);
            PacketBuilder refused = PacketBuilder.Bare.Ipv4(Cast.Vip4, Cast.Client4).Tcp(80, 40000).PayloadOf(1460);
            PacketBuilder error = PacketBuilder.Bare.Ipv4(Cast.Hop4, Cast.Vip4).Icmp(3, 1).Embedded(refused);
            yield return new GoldenCase("an ICMP error that is too big is dropped", GoldenCatalogues.Web).SendPlain(error, dropped);
            PacketBuilder refused6 = PacketBuilder.Bare.Ipv6(Cast.Vip6, Cast.Client6).Tcp(80, 40000).PayloadOf(1440);
            PacketBuilder error6 = PacketBuilder.Bare.Ipv6(Cast.Hop6, Cast.Vip6).Icmpv6(1).Embedded(refused6);
            yield return new GoldenCase("an ICMPv6 error that is too big is dropped", GoldenCatalogues.Web6).SendPlain(error6, dropped);
            yield return new GoldenCase("a later fragment that is too big is dropped", GoldenCatalogues.Web)
                .SendPlain(Cast.Tcp4(payload: 4000).Fragment(1464, 1464, 0x5002), dropped);
            yield return new GoldenCase("a later IPv6 fragment that is too big is dropped", GoldenCatalogues.Web6)
                .SendPlain(Cast.Tcp6(payload: 4000).Fragment(1448, 1448, 0xF0005002), dropped);
            foreach (string source in new[] { "0.0.0.0", "255.255.255.255", "224.0.0.5" })
                yield return new GoldenCase($"a packet too big from {source} is dropped", GoldenCatalogues.Web)
                    .SendPlain(Cast.Tcp4(client: source, payload: 1450), dropped);
            foreach (string source in new[] { "::", "ff02::1" })
                yield return new GoldenCase($"a packet too big from {source} is dropped", GoldenCatalogues.Web6)
                    .SendPlain(Cast.Tcp6(client: source, payload: 1450), dropped);
        }
    }
}
