using RustyRail.Tests.Support.Packets;

namespace RustyRail.Tests.Support.Golden;

/// <summary>Every way in, every way out, both families inside and outside: the table of "How it leaves".</summary>
internal static class GoldenForms
{
    public static IEnumerable<GoldenCase> Cases =>
        from form in GoldenForm.All
        from server in GoldenServer.EitherFamily
        from isIpv6 in Cast.EitherFamily
        from way in Came.Ways
        select Case(form, server, isIpv6, way.Name, way.Around);

    /// <summary>With fields that must come through as they are.</summary>
    public static PacketBuilder Packet(GoldenForm form, bool isIpv6, GoldenServer server, int payload = 100)
    {
        string vip = GoldenCatalogues.FormVip(form, isIpv6, server);
        return isIpv6
            ? Cast.Tcp6(vip: vip, payload: payload, ip: ip => ip with { HopLimit = 9, FlowLabel = 0x12345 })
            : Cast.Tcp4(vip: vip, payload: payload, ip: ip => ip with { TimeToLive = 9, Identification = 77 });
    }

    private static GoldenCase Case(GoldenForm form, GoldenServer server, bool isIpv6, string way, PacketBuilder came)
    {
        PacketBuilder packet = Packet(form, isIpv6, server);
        bool goesOn = form == GoldenForm.Gre && came != Came.Plain, sameFamily = server.IsIpv6 == (way == "in GRE over IPv6");
        string service = GoldenCatalogues.FormService(form, isIpv6, server);
        GoldenExpectation expected = !goesOn ? Delivered.By(form, service, server, packet)
            : sameFamily ? Delivered.InPlace(service, server, packet) : Delivered.Replaced(service, server, packet);
        string name = $"{Cast.Family(isIpv6)} that came {way} goes by {form.Word} to an {Cast.Family(server.IsIpv6)} server";
        return new GoldenCase(name, GoldenCatalogues.Forms).Send(came.Then(packet), expected);
    }
}
