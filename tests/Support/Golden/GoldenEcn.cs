using RustyRail.Contract.Region;
using RustyRail.Tests.Support.Packets;
using static RustyRail.Tests.Support.Golden.GoldenExpectation;

namespace RustyRail.Tests.Support.Golden;

/// <summary>DSCP and ECN at tunnels, RFC 6040. DSCP 0x20 stands inside, 0xB8 outside, so that they cannot be mistaken for each other.</summary>
internal static class GoldenEcn
{
    private const byte NotCapable = 0, One = 1, Zero = 2, Marked = 3, Inner = 0x20, Outer = 0xB8;

    private static readonly byte[] _outside = [One, Zero, Marked, Outer, 0xFF];
    private static readonly GoldenForm[] _tunnels = [GoldenForm.Gre, GoldenForm.Ipip, GoldenForm.Gue, GoldenForm.Geneve];
    private static readonly string[] _names = ["Not-ECT", "ECT(1)", "ECT(0)", "CE"];

    public static IEnumerable<GoldenCase> Cases => [.. Encapsulated, .. Decapsulated, .. InPlace, .. Replaced];

    private static PacketBuilder Packet(bool isIpv6, byte typeOfService, GoldenForm form, GoldenServer server)
    {
        string vip = GoldenCatalogues.FormVip(form, isIpv6, server);
        return isIpv6
            ? Cast.Tcp6(vip: vip, ip: ip => ip with { TrafficClass = typeOfService, FlowLabel = 0x54321 })
            : Cast.Tcp4(vip: vip, ip: ip => ip with { TypeOfService = typeOfService });
    }

    private static GoldenCase Case(string name, PacketBuilder frame, GoldenForm form, bool isIpv6, GoldenServer server, Func<Unstated, PacketBuilder> leaves) =>
        new GoldenCase(name, GoldenCatalogues.Forms).Send(frame, Forwarded(GoldenCatalogues.FormService(form, isIpv6, server), server, leaves));

    /// <summary>Section 4.1, normal mode: the outer header says what the inner one says.</summary>
    private static IEnumerable<GoldenCase> Encapsulated =>
        from form in _tunnels
        from isIpv6 in Cast.EitherFamily
        let server = isIpv6 == (form == GoldenForm.Gre || form == GoldenForm.Geneve) ? GoldenServer.Six1 : GoldenServer.Four1
        from typeOfService in _outside
        let packet = Packet(isIpv6, typeOfService, form, server)
        select Case(
            $"0x{typeOfService:x2} of {Cast.Family(isIpv6)} is outside too by {form.Word}",
            Came.Plain.Then(packet), form, isIpv6, server, open => Sent.As(form, open, typeOfService).Then(packet));

    /// <summary>Section 4.2, figure 4; the inner DSCP stays.</summary>
    private static byte? Taken(byte inner, byte outer) => (inner, outer) switch
    {
        (NotCapable, Marked) => null,
        (NotCapable, _) => NotCapable,
        (_, Marked) => Marked,
        (Zero, One) => One,
        _ => inner,
    };

    private static IEnumerable<GoldenCase> Decapsulated
    {
        get
        {
            for (byte inner = 0; inner < 4; inner++)
            {
                for (byte outer = 0; outer < 4; outer++)
                {
                    yield return Decapsulation(GoldenForm.Ipip, GoldenServer.Four1, isIpv6: false, overIpv6: false, inner, outer);
                    yield return Decapsulation(GoldenForm.Vxlan, GoldenServer.Six1, isIpv6: true, overIpv6: true, inner, outer);
                }
            }

            yield return Decapsulation(GoldenForm.L2, GoldenServer.Four1, isIpv6: false, overIpv6: true, Zero, Marked);
            yield return Decapsulation(GoldenForm.L2, GoldenServer.Four1, isIpv6: true, overIpv6: false, One, Marked);
            yield return Decapsulation(GoldenForm.Gue, GoldenServer.Six1, isIpv6: false, overIpv6: false, One, Marked);
            yield return Decapsulation(GoldenForm.L2, GoldenServer.Four1, isIpv6: true, overIpv6: true, NotCapable, Marked);
        }
    }

    private static GoldenCase Decapsulation(GoldenForm form, GoldenServer server, bool isIpv6, bool overIpv6, byte inner, byte outer)
    {
        byte inside = (byte)(Inner | inner), outside = (byte)(Outer | outer);
        PacketBuilder came = Packet(isIpv6, inside, form, server);
        PacketBuilder frame = (overIpv6 ? Came.InGre6(ip => ip with { TrafficClass = outside }) : Came.InGre4(ip => ip with { TypeOfService = outside })).Then(came);
        string name = $"{_names[outer]} of GRE over {Cast.Family(overIpv6)} meets {_names[inner]} of {Cast.Family(isIpv6)} before {form.Word}";
        if (Taken(inner, outer) is not { } ecn) return new GoldenCase(name, GoldenCatalogues.Forms).Send(frame, Dropped(Reason.BadHeader));
        byte result = (byte)(Inner | ecn);
        PacketBuilder leaves = Packet(isIpv6, result, form, server);
        return Case(name, frame, form, isIpv6, server, open => Sent.As(form, open, result).Then(leaves));
    }

    /// <summary>The tunnel goes on: its header says what the router wrote.</summary>
    private static IEnumerable<GoldenCase> InPlace
    {
        get
        {
            foreach ((byte inner, byte outer) in new (byte, byte)[] { (NotCapable, Marked), (Zero, Marked), (Marked, NotCapable), (One, Zero) })
            {
                byte inside = (byte)(Inner | inner), outside = (byte)(Outer | outer);
                PacketBuilder packet = Packet(false, inside, GoldenForm.Gre, GoldenServer.Four1),
                    packet6 = Packet(true, inside, GoldenForm.Gre, GoldenServer.Six1);
                Ipv4Layer Four(Ipv4Layer ip) => ip with { TypeOfService = outside };
                Ipv6Layer Six(Ipv6Layer ip) => ip with { TrafficClass = outside };
                yield return Case($"{_names[outer]} outside and {_names[inner]} inside stay where IPv4 is rewritten",
                    Came.InGre4(Four).Then(packet), GoldenForm.Gre, false, GoldenServer.Four1, open => Sent.InPlace4(open, Four).Then(packet));
                yield return Case($"{_names[outer]} outside and {_names[inner]} inside stay where IPv6 is rewritten",
                    Came.InGre6(Six).Then(packet6), GoldenForm.Gre, true, GoldenServer.Six1, open => Sent.InPlace6(open, Six).Then(packet6));
            }
        }
    }

    /// <summary>A header of the other family says what the router's said.</summary>
    private static IEnumerable<GoldenCase> Replaced
    {
        get
        {
            foreach ((byte inner, byte outer) in new (byte, byte)[] { (NotCapable, Marked), (Zero, Marked), (Marked, NotCapable), (One, Zero), (Zero, Zero) })
            {
                byte inside = (byte)(Inner | inner), outside = (byte)(Outer | outer);
                PacketBuilder four = Packet(false, inside, GoldenForm.Gre, GoldenServer.Six1), six = Packet(true, inside, GoldenForm.Gre, GoldenServer.Four1);
                yield return Case(
                    $"{_names[outer]} outside and {_names[inner]} inside stay where IPv6 replaces IPv4",
                    Came.InGre4(ip => ip with { TypeOfService = outside }).Then(four),
                    GoldenForm.Gre, false, GoldenServer.Six1, open => Sent.Replaced(open, outside).Then(four));
                yield return Case(
                    $"{_names[outer]} outside and {_names[inner]} inside stay where IPv4 replaces IPv6",
                    Came.InGre6(ip => ip with { TrafficClass = outside }).Then(six),
                    GoldenForm.Gre, true, GoldenServer.Four1, open => Sent.Replaced(open, outside).Then(six));
            }
        }
    }
}
