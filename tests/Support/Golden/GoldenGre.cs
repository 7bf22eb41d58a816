using RustyRail.Contract.Region;
using RustyRail.Tests.Support.Packets;
using static RustyRail.Tests.Support.Golden.GoldenExpectation;

namespace RustyRail.Tests.Support.Golden;

/// <summary>The GRE header of routers: RFC 2784, RFC 2890.</summary>
internal static class GoldenGre
{
    private static readonly PacketBuilder _packet = Cast.Tcp4(payload: 11), _packet6 = Cast.Tcp6(payload: 11);

    private static readonly string[] _options = ["a checksum", "a key", "a sequence number"];

    public static IEnumerable<GoldenCase> Cases => [.. Kept, .. KeptAcrossFamilies, .. Unsupported, .. OfOthers, .. CutOff];

    private static IEnumerable<GoldenCase> Kept
    {
        get
        {
            foreach ((string name, Func<GreLayer, GreLayer> gre) in OptionSets)
            {
                yield return new GoldenCase($"GRE with {name} keeps it", GoldenCatalogues.Web)
                    .Send(Came.InGre4(gre: gre).Then(_packet), Forwarded("web", GoldenServer.Four1, open => Sent.InPlace4(open, gre: gre).Then(_packet)));
                yield return new GoldenCase($"GRE over IPv6 with {name} keeps it", GoldenCatalogues.Web6)
                    .Send(Came.InGre6(gre: gre).Then(_packet6), Forwarded("web6", GoldenServer.Six1, open => Sent.InPlace6(open, gre: gre).Then(_packet6)));
            }

            // RFC 2784 section 2.3: a receiver ignores bits 6 to 12.
            static GreLayer Reserved(GreLayer gre) => gre with { MoreFlags = 0x03F8 };
            yield return new GoldenCase("GRE's reserved bits 6 to 12 mean nothing", GoldenCatalogues.Web)
                .Send(Came.InGre4(gre: Reserved).Then(_packet), Forwarded("web", GoldenServer.Four1, open => Sent.InPlace4(open, gre: Reserved).Then(_packet)));
            yield return new GoldenCase("GRE to another address than the balancer's first is a router's too", GoldenCatalogues.Web)
                .Send(Came.Plain.Ipv4(Cast.Router4, "192.168.137.250").Gre().Then(_packet), Delivered.InPlace("web", GoldenServer.Four1, _packet));
        }
    }

    private static IEnumerable<(string, Func<GreLayer, GreLayer>)> OptionSets =>
        from bits in Enumerable.Range(1, 7)
        let names = _options.Where((_, i) => (bits & (1 << i)) != 0)
        select (string.Join(", ", names), OptionsOf(bits));

    private static Func<GreLayer, GreLayer> OptionsOf(int bits) => gre => gre with
    {
        HasChecksum = (bits & 1) != 0,
        Key = (bits & 2) != 0 ? 0xDEADBEEF : null,
        Sequence = (bits & 4) != 0 ? 7 : null,
    };

    /// <summary>The outer header is replaced, the GRE header stays; by another tunnel it goes.</summary>
    private static IEnumerable<GoldenCase> KeptAcrossFamilies
    {
        get
        {
            Func<GreLayer, GreLayer> all = OptionsOf(7);
            PacketBuilder four = GoldenForms.Packet(GoldenForm.Gre, false, GoldenServer.Six1),
                six = GoldenForms.Packet(GoldenForm.Gre, true, GoldenServer.Four1);
            yield return new GoldenCase("GRE's options stay when an IPv4 outer header becomes IPv6", GoldenCatalogues.Forms)
                .Send(Came.InGre4(gre: all).Then(four), Forwarded("gre-4-to-6", GoldenServer.Six1, open => Sent.Replaced(open, gre: all).Then(four)));
            yield return new GoldenCase("GRE's options stay when an IPv6 outer header becomes IPv4", GoldenCatalogues.Forms)
                .Send(Came.InGre6(gre: all).Then(six), Forwarded("gre-6-to-4", GoldenServer.Four1, open => Sent.Replaced(open, gre: all).Then(six)));
            foreach (GoldenForm form in GoldenForm.All.Where(form => form != GoldenForm.Gre))
            {
                PacketBuilder packet = GoldenForms.Packet(form, false, GoldenServer.Four1);
                yield return new GoldenCase($"GRE's options go where {form.Word} takes its place", GoldenCatalogues.Forms)
                    .Send(Came.InGre4(gre: all).Then(packet), Delivered.By(form, $"{form.Word}-4-to-4", GoldenServer.Four1, packet));
            }
        }
    }

    private static IEnumerable<GoldenCase> Unsupported
    {
        get
        {
            foreach ((string name, ushort bits) in new (string, ushort)[]
            {
                ("version 1", 1), ("version 7", 7), ("flag bit 1, routing", 0x4000),
                ("flag bit 4, strict source route", 0x0800), ("flag bit 5, recursion", 0x0400),
            })
            {
                yield return new GoldenCase($"GRE with {name} is not understood", GoldenCatalogues.Web)
                    .Send(Came.InGre4(gre: gre => gre with { MoreFlags = bits }).Then(_packet), Dropped(Reason.GreUnsupported));
                yield return new GoldenCase($"GRE over IPv6 with {name} is not understood", GoldenCatalogues.Web6)
                    .Send(Came.InGre6(gre: gre => gre with { MoreFlags = bits }).Then(_packet6), Dropped(Reason.GreUnsupported));
            }

            yield return new GoldenCase("GRE of a version that is not understood is ours whatever it carries", GoldenCatalogues.Web)
                .Send(Came.InGre4(gre: gre => gre with { MoreFlags = 1 }).Then(Cast.Tcp4(vip: Cast.Elsewhere4)), Dropped(Reason.GreUnsupported));
        }
    }

    private static IEnumerable<GoldenCase> OfOthers
    {
        get
        {
            static GoldenCase Of(string name, PacketBuilder frame) => new GoldenCase(name, GoldenCatalogues.Web).Send(frame, Host);
            yield return Of("PPTP's GRE is the host's", Came.InGre4(gre: gre => gre with { ProtocolType = 0x880B, MoreFlags = 0x2001 }).PayloadOf(60));
            yield return Of("GRE that carries Ethernet is the host's", Came.InGre4().InnerEthernet(Cast.BalancerMac, Cast.RouterMac).Then(_packet));
            yield return Of("GRE that carries MPLS is the host's", Came.InGre4(gre: gre => gre with { ProtocolType = 0x8847 }).PayloadOf(60));
            yield return Of("GRE for no VIP is the host's", Came.InGre4().Then(Cast.Tcp4(vip: Cast.Elsewhere4)));
            yield return Of("GRE over IPv6 for no VIP is the host's", Came.InGre6().Then(Cast.Tcp4(vip: Cast.Elsewhere4)));
            yield return Of("GRE with an IPv6 packet for no VIP is the host's", Came.InGre4().Then(_packet6));
            yield return Of("GRE to the VIP itself with another destination inside has no service",
                Came.Plain.Ipv4(Cast.Client4, Cast.Vip4).Gre().Then(Cast.Tcp4(vip: Cast.Elsewhere4)));
            yield return Of("GRE inside GRE has no service", Came.InGre4().Ipv4(Cast.Client4, Cast.Vip4).Gre().Then(_packet));
            yield return new GoldenCase("GRE to the VIP itself with the VIP inside is a router's", GoldenCatalogues.Web)
                .Send(Came.Plain.Ipv4(Cast.Router4, Cast.Vip4).Gre().Then(_packet), Delivered.InPlace("web", GoldenServer.Four1, _packet));
        }
    }

    private static IEnumerable<GoldenCase> CutOff
    {
        get
        {
            const int Gre4 = 14 + 20, Gre6 = 14 + 40;
            static GoldenCase Of(string name, byte[] frame) => new GoldenCase(name, GoldenCatalogues.Web).Send(frame, Dropped(Reason.Runt));
            yield return Of("no byte of GRE is a runt", Came.InGre4().Then(_packet).Build()[..Gre4]);
            yield return Of("three bytes of GRE are a runt", Came.InGre4().Then(_packet).Build()[..(Gre4 + 3)]);
            yield return Of("three bytes of GRE over IPv6 are a runt", Came.InGre6().Then(_packet).Build()[..(Gre6 + 3)]);
            yield return Of("GRE without a packet inside is a runt", Came.InGre4().Build());
            yield return Of("GRE whose options pass the frame is a runt",
                Came.InGre4(gre: gre => gre with { MoreFlags = 0xB000 }).Payload(0, 0, 0, 0, 0, 0, 0, 0).Build());
            yield return Of("GRE with 19 bytes of IPv4 is a runt", Came.InGre4().Then(_packet).Build()[..(Gre4 + 4 + 19)]);
            yield return Of("GRE with 39 bytes of IPv6 is a runt", Came.InGre4().Then(_packet6).Build()[..(Gre4 + 4 + 39)]);
        }
    }
}
