using RustyRail.Contract.Region;
using RustyRail.Tests.Support.Packets;
using static RustyRail.Tests.Support.Golden.GoldenExpectation;

namespace RustyRail.Tests.Support.Golden;

/// <summary>What stands behind the IP packet stays behind, whatever it is.</summary>
internal static class GoldenPadding
{
    private const byte Junk = 0xEE;

    public static IEnumerable<GoldenCase> Cases => [.. Forms, .. Others];

    private static IEnumerable<GoldenCase> Forms =>
        from form in GoldenForm.All
        from isIpv6 in Cast.EitherFamily
        let server = isIpv6 ? GoldenServer.Six1 : GoldenServer.Four1
        let packet = GoldenForms.Packet(form, isIpv6, server, payload: 1)
        from way in new[] { ("plain", Came.Plain), ("in GRE", Came.InGre4()) }
        let service = GoldenCatalogues.FormService(form, isIpv6, server)
        select new GoldenCase($"padding of {Cast.Family(isIpv6)} that came {way.Item1} does not go by {form.Word}", GoldenCatalogues.Forms).Send(
            way.Item2.Then(packet).PadTo(160, Junk),
            way.Item1 == "plain" ? Delivered.By(form, service, server, packet) : Delivered.FromGre4(form, service, server, packet));

    private static IEnumerable<GoldenCase> Others
    {
        get
        {
            PacketBuilder packet = Cast.Tcp4(payload: 0);
            yield return new GoldenCase("a frame padded to the least size of Ethernet is trimmed", GoldenCatalogues.Web)
                .Send(Came.Plain.Then(packet).PadTo(60), Delivered.Gre("web", GoldenServer.Four1, packet));
            yield return new GoldenCase("padding longer than the packet is trimmed", GoldenCatalogues.Web)
                .Send(Came.Plain.Then(packet).PadTo(1514, Junk), Delivered.Gre("web", GoldenServer.Four1, packet));
            PacketBuilder error = PacketBuilder.Bare.Ipv4(Cast.Hop4, Cast.Vip4).Icmp(3, 1).Embedded(PacketBuilder.Bare.Ipv4(Cast.Vip4, Cast.Client4).Tcp(80, 40000), 27);
            yield return new GoldenCase("padding is no eighth byte of what an error quotes", GoldenCatalogues.Web)
                .Send(Came.Plain.Then(error).PadTo(100, Junk), Dropped(Reason.Runt));
            yield return new GoldenCase("padding completes no TCP header", GoldenCatalogues.Web)
                .Send(Came.Plain.Ipv4(Cast.Client4, Cast.Vip4, ip => ip with { Protocol = 6 }).PayloadOf(19).PadTo(100, Junk), Dropped(Reason.Runt));
            yield return new GoldenCase("padding is no GRE", GoldenCatalogues.Web)
                .Send(Came.InGre4(ip => ip with { TotalLength = 20 }).Then(packet), Dropped(Reason.BadLength));
            yield return new GoldenCase("the host gets a frame with its padding", GoldenCatalogues.Web)
                .Send(Came.Plain.Then(Cast.Tcp4(port: 22, payload: 0)).PadTo(60, Junk), Host);

            // Behind the inner packet and inside the outer one: part of what the tunnel carries, not of the client's packet.
            PacketBuilder inside = GoldenForms.Packet(GoldenForm.Ipip, false, GoldenServer.Four1, 12), kept = Cast.Tcp4(payload: 12);
            static PacketBuilder Carrying(PacketBuilder outer, PacketBuilder inner) => outer.Payload([0, 0, 8, 0, .. inner.Build(), Junk, Junk, Junk]);
            static Ipv4Layer Gre(Ipv4Layer ip) => ip with { Protocol = 47 };
            static PacketBuilder Rewritten(Unstated open) => Sent.Frame(open)
                .Ipv4(Cast.Balancer4, open.Backend.Address, ip => Gre(ip) with { TimeToLive = 63, FragmentField = Ipv4Layer.DontFragment });
            PacketBuilder router = Came.Plain.Ipv4(Cast.Router4, Cast.Balancer4, Gre);
            yield return new GoldenCase("bytes behind the inner packet do not leave the tunnel", GoldenCatalogues.Forms)
                .Send(Carrying(router, inside), Delivered.By(GoldenForm.Ipip, "ipip-4-to-4", GoldenServer.Four1, inside));
            yield return new GoldenCase("bytes behind the inner packet stay in a tunnel that goes on", GoldenCatalogues.Web)
                .Send(Carrying(router, kept),
                    Forwarded("web", GoldenServer.Four1, open => Carrying(Rewritten(open), kept)));
        }
    }
}
