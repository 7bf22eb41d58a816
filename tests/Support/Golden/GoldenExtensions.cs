using RustyRail.Contract.Region;
using RustyRail.Tests.Support.Packets;
using static RustyRail.Tests.Support.Golden.GoldenExpectation;

namespace RustyRail.Tests.Support.Golden;

/// <summary>IPv6 extension headers: of the packet that names the VIP, and before a router's GRE.</summary>
internal static class GoldenExtensions
{
    public static IEnumerable<GoldenCase> Cases => [.. SteppedOver, .. Refused, .. NotExtensions, .. BeforeGre, .. HidingGre];

    private static PacketBuilder Ip(Func<Ipv6Layer, Ipv6Layer>? with = null) => PacketBuilder.Bare.Ipv6(Cast.Client6, Cast.Vip6, with);

    private static PacketBuilder Tcp(PacketBuilder behind) => behind.Tcp(40000, 80).PayloadOf(64);

    private static PacketBuilder Repeated(PacketBuilder around, int times, int bytes = 8)
    {
        for (int i = 0; i < times; i++) around = around.DestinationOptions(bytes);
        return around;
    }

    private static IEnumerable<GoldenCase> SteppedOver
    {
        get
        {
            foreach ((string name, PacketBuilder chain) in new (string, PacketBuilder)[]
            {
                ("hop-by-hop options", Ip().HopByHop()),
                ("long hop-by-hop options", Ip().HopByHop(256)),
                ("a routing header at its end", Ip().Routing()),
                ("destination options", Ip().DestinationOptions(24)),
                ("an authentication header", Ip().Authentication()),
                ("a fragment header around the whole packet", Ip().FragmentHeader(0xF00D0001)),
                ("one of each", Ip().HopByHop(16).Routing().DestinationOptions().FragmentHeader(0xF00D0002).Authentication().DestinationOptions()),
                ("eight of them", Repeated(Ip(), 8)),
            })
            {
                PacketBuilder packet = Tcp(chain);
                yield return new GoldenCase($"IPv6 with {name} is found", GoldenCatalogues.Web6)
                    .SendPlain(packet, Delivered.Gre("web6", GoldenServer.Six1, packet));
                yield return new GoldenCase($"IPv6 in GRE with {name} is found", GoldenCatalogues.Web6)
                    .SendInGre4(packet, Delivered.Replaced("web6", GoldenServer.Six1, packet));
            }

            PacketBuilder datagram = Ip().HopByHop().DestinationOptions().Udp(40000, 53).PayloadOf(40);
            yield return new GoldenCase("UDP is found behind IPv6 options", GoldenCatalogues.Web6)
                .SendInGre6(datagram, Delivered.InPlace("dns6", GoldenServer.Six1, datagram));
        }
    }

    private static IEnumerable<GoldenCase> Refused
    {
        get
        {
            static GoldenCase Of(string name, PacketBuilder packet, Reason reason) =>
                new GoldenCase(name, GoldenCatalogues.Web6).SendPlain(packet, Dropped(reason)).SendInGre6(packet, Dropped(reason));
            yield return Of("nine IPv6 extension headers are too many", Tcp(Repeated(Ip(), 9)), Reason.BadHeader);
            yield return Of("a routing header with segments left is refused", Tcp(Ip().Routing(segmentsLeft: 1)), Reason.BadHeader);
            yield return Of("a routing header with segments left is refused behind others",
                Tcp(Ip().HopByHop().DestinationOptions().Routing(segmentsLeft: 255, bytes: 40)), Reason.BadHeader);
            yield return Of("an extension header that the packet cuts off is a runt",
                Ip().Extension(Ipv6ExtensionKind.DestinationOptions, 8, layer => layer with { LengthField = 1, NextHeader = 6 }), Reason.Runt);
            yield return Of("half an extension header is a runt", Ip(ip => ip with { NextHeader = 60 }).Payload(6, 0, 1, 2), Reason.Runt);
            yield return Of("an extension header announced and not there is a runt", Ip(ip => ip with { NextHeader = 0 }), Reason.Runt);
            yield return Of("an extension header longer than the packet is a runt",
                Tcp(Ip().Extension(Ipv6ExtensionKind.HopByHop, 8, layer => layer with { LengthField = 255 })), Reason.Runt);
            yield return Of("an authentication header longer than the packet is a runt",
                Tcp(Ip().Extension(Ipv6ExtensionKind.Authentication, 24, layer => layer with { LengthField = 60 })), Reason.Runt);
            yield return Of("half a fragment header is a runt", Ip(ip => ip with { NextHeader = 44 }).Payload(6, 0, 0, 0), Reason.Runt);
            yield return Of("a TCP header cut off behind options is a runt",
                Ip().HopByHop().Extension(Ipv6ExtensionKind.DestinationOptions, 8, layer => layer with { NextHeader = 6 }).PayloadOf(19), Reason.Runt);
        }
    }

    /// <summary>Next headers that are nobody's extension header end the chain; no service here takes them.</summary>
    private static IEnumerable<GoldenCase> NotExtensions =>
        from protocol in new (byte Number, string Name)[] { (50, "encrypted payload"), (59, "no next header"), (135, "mobility"), (140, "shim6"), (253, "an experiment") }
        select new GoldenCase($"IPv6 protocol {protocol.Number}, {protocol.Name}, has no service", GoldenCatalogues.Web6)
            .SendPlain(Ip(ip => ip with { NextHeader = protocol.Number }).PayloadOf(40), Host)
            .SendPlain(Ip().HopByHop().Extension(Ipv6ExtensionKind.DestinationOptions, 8, layer => layer with { NextHeader = protocol.Number }).PayloadOf(40), Host);

    private static PacketBuilder Router() => Came.Plain.Ipv6(Cast.Router6, Cast.Balancer6);

    private static IEnumerable<GoldenCase> BeforeGre
    {
        get
        {
            PacketBuilder packet = Cast.Tcp6();
            static PacketBuilder InPlace(Unstated open) => Sent.Frame(open).Ipv6(Cast.Balancer6, open.Backend.Address, ip => ip with { HopLimit = 63 });
            foreach ((string name, Func<PacketBuilder, PacketBuilder> chain) in new (string, Func<PacketBuilder, PacketBuilder>)[]
            {
                ("hop-by-hop options", ip => ip.HopByHop()),
                ("destination options, the tunnel's own limit among them (RFC 2473)", ip => ip.DestinationOptions()),
                ("a routing header at its end", ip => ip.Routing()),
                ("four of them", ip => ip.HopByHop(24).DestinationOptions().Routing().DestinationOptions(40)),
            })
            {
                yield return new GoldenCase($"GRE over IPv6 behind {name} is a router's, and they stay", GoldenCatalogues.Web6)
                    .Send(chain(Router()).Gre().Then(packet), Forwarded("web6", GoldenServer.Six1, open => chain(InPlace(open)).Gre().Then(packet)));
            }

            PacketBuilder four = GoldenForms.Packet(GoldenForm.Gre, false, GoldenServer.Four1),
                lan = GoldenForms.Packet(GoldenForm.L2, true, GoldenServer.Six1);
            yield return new GoldenCase("a router's extension headers go with an outer header that is replaced", GoldenCatalogues.Forms)
                .Send(Router().HopByHop().Gre().Then(four), Delivered.Replaced("gre-4-to-4", GoldenServer.Four1, four));
            yield return new GoldenCase("a router's extension headers go with its tunnel", GoldenCatalogues.Forms)
                .Send(Router().HopByHop().DestinationOptions().Gre().Then(lan), Delivered.By(GoldenForm.L2, "l2-6-to-6", GoldenServer.Six1, lan));
        }
    }

    private static IEnumerable<GoldenCase> HidingGre
    {
        get
        {
            PacketBuilder packet = Cast.Tcp6();
            static GoldenCase Of(string name, PacketBuilder frame) => new GoldenCase(name, GoldenCatalogues.Web6).Send(frame, Host);
            yield return Of("GRE behind five extension headers is not looked for", Repeated(Router(), 5).Gre().Then(packet));
            yield return Of("GRE behind an authentication header is not looked for", Router().Authentication().Gre().Then(packet));
            yield return Of("a fragment header hides a router's GRE", Router().FragmentHeader(0xF00D0003, more: true).Gre().Then(packet));
            yield return Of("a later fragment shows no GRE", Router().FragmentHeader(0xF00D0004, offset: 1280, nextHeader: 47).PayloadOf(80));
            yield return new GoldenCase("a chain that the frame cuts off shows no GRE", GoldenCatalogues.Web6)
                .Send(Router().DestinationOptions(64).Gre().Then(packet).Build()[..(14 + 40 + 20)], Host);
        }
    }
}
