using RustyRail.Contract.Region;
using RustyRail.Tests.Support.Packets;
using static RustyRail.Tests.Support.Golden.GoldenExpectation;

namespace RustyRail.Tests.Support.Golden;

/// <summary>Tags are stepped over, up to two, and stay.</summary>
internal static class GoldenVlan
{
    private static readonly PacketBuilder _packet = Cast.Tcp4(), _packet6 = Cast.Tcp6();

    public static IEnumerable<GoldenCase> Cases => [.. Forwarded, .. Answered, .. OfTheHost, .. CutOff];

    private static IEnumerable<(string Name, Func<PacketBuilder, PacketBuilder> Tags)> Taggings =>
    [
        ("a VLAN tag", frame => frame.Vlan(5)),
        ("a priority tag", frame => frame.Vlan(0, priority: 7)),
        ("a tag with every bit", frame => frame.Vlan(4095, priority: 7, with: tag => tag with { DropEligible = true })),
        ("a service provider's tag", frame => frame.Vlan(100, tagType: VlanLayer.ServiceProvider)),
        ("two tags", frame => frame.Vlan(100, priority: 3, tagType: VlanLayer.ServiceProvider).Vlan(5)),
        ("two customer tags", frame => frame.Vlan(6).Vlan(5, priority: 1)),
        ("two tags in unusual order", frame => frame.Vlan(6).Vlan(7, tagType: VlanLayer.ServiceProvider)),
    ];

    private static IEnumerable<GoldenCase> Forwarded
    {
        get
        {
            foreach ((string name, Func<PacketBuilder, PacketBuilder> tags) in Taggings)
            {
                yield return new GoldenCase($"a plain packet behind {name} goes out behind it", GoldenCatalogues.Web)
                    .Send(tags(Came.Plain).Then(_packet),
                        GoldenExpectation.Forwarded("web", GoldenServer.Four1, open => Sent.Gre(open, frame: tags(Sent.Frame(open))).Then(_packet)));
                yield return new GoldenCase($"GRE behind {name} goes out behind it", GoldenCatalogues.Web)
                    .Send(Came.InGre4(frame: tags(Came.Plain)).Then(_packet),
                        GoldenExpectation.Forwarded("web", GoldenServer.Four1, open => Sent.InPlace4(open, frame: tags(Sent.Frame(open))).Then(_packet)));
            }

            static PacketBuilder Two(PacketBuilder frame) => frame.Vlan(100, tagType: VlanLayer.ServiceProvider).Vlan(5);
            yield return new GoldenCase("IPv6 behind two tags goes out behind them", GoldenCatalogues.Web6)
                .Send(Two(Came.Plain).Then(_packet6),
                    GoldenExpectation.Forwarded("web6", GoldenServer.Six1, open => Sent.Gre(open, frame: Two(Sent.Frame(open))).Then(_packet6)));
            yield return new GoldenCase("GRE over IPv6 behind two tags goes out behind them", GoldenCatalogues.Web6)
                .Send(Came.InGre6(frame: Two(Came.Plain)).Then(_packet6),
                    GoldenExpectation.Forwarded("web6", GoldenServer.Six1, open => Sent.InPlace6(open, frame: Two(Sent.Frame(open))).Then(_packet6)));
            foreach (GoldenForm form in new[] { GoldenForm.L2, GoldenForm.Vxlan, GoldenForm.Gue })
            {
                PacketBuilder packet = GoldenForms.Packet(form, false, GoldenServer.Six1);
                foreach ((string name, PacketBuilder came) in new[] { ("plain", Two(Came.Plain)), ("in GRE", Came.InGre4(frame: Two(Came.Plain))) })
                {
                    yield return new GoldenCase($"tags stay where {form.Word} takes what came {name}", GoldenCatalogues.Forms)
                        .Send(came.Then(packet),
                            GoldenExpectation.Forwarded($"{form.Word}-4-to-6", GoldenServer.Six1, open => Sent.As(form, open, frame: Two(Sent.Frame(open))).Then(packet)));
                }
            }
        }
    }

    private static IEnumerable<GoldenCase> Answered
    {
        get
        {
            yield return new GoldenCase("an echo from a VLAN is answered into it", GoldenCatalogues.Web)
                .Send(Came.Plain.Vlan(5, 2).Ipv4(Cast.Client4, Cast.Vip4).Icmp().PayloadOf(56),
                GoldenExpectation.Answered(Reason.Echo, open => Answer.Ip4(open, frame: Answer.Frame.Vlan(5, 2)).Icmp(0).PayloadOf(56)));
            PacketBuilder big = Cast.Tcp4(payload: 1440);
            yield return new GoldenCase("too big from a VLAN is told into it", GoldenCatalogues.Web)
                .Send(Came.Plain.Vlan(5).Then(big),
                    GoldenExpectation.Answered(Reason.TooBig, open => Answer.TooBig4(open, 1476, big, frame: Answer.Frame.Vlan(5))));
        }
    }

    private static IEnumerable<GoldenCase> OfTheHost
    {
        get
        {
            static GoldenCase Of(string name, PacketBuilder frame) => new GoldenCase(name, GoldenCatalogues.Web).Send(frame, Host);
            yield return Of("a third tag is the host's", Came.Plain.Vlan(5).Vlan(6).Vlan(7).Then(_packet));
            yield return Of("ARP behind a tag is the host's", Came.Plain.Vlan(5, with: tag => tag with { Type = 0x0806 }).PayloadOf(28));
            yield return Of("a tag of the old type 0x9100 is the host's", Came.Plain.Vlan(5, tagType: 0x9100).Then(_packet));
            yield return Of("a tagged packet for another host is the host's", Came.Plain.Vlan(5).Then(Cast.Tcp4(vip: Cast.Elsewhere4)));
        }
    }

    private static IEnumerable<GoldenCase> CutOff
    {
        get
        {
            byte[] one = Came.Plain.Vlan(5).Then(_packet).Build(), two = Came.Plain.Vlan(100).Vlan(5).Then(_packet).Build();
            static GoldenCase Of(string name, byte[] frame) => new GoldenCase(name, GoldenCatalogues.Web).Send(frame, Dropped(Reason.Runt));
            yield return Of("a tag that is not there is a runt", one[..14]);
            yield return Of("three bytes of a tag are a runt", one[..17]);
            yield return Of("a tag with nothing behind is a runt", one[..18]);
            yield return Of("a second tag that is not there is a runt", two[..18]);
            yield return Of("half a second tag is a runt", two[..20]);
            yield return Of("a tag with 19 bytes of IPv4 is a runt", one[..(18 + 19)]);
        }
    }
}
