using RustyRail.Tests.Support.Packets;

namespace RustyRail.Tests.Support.Golden;

/// <summary>The usual expectations: a client's packet, as it came, at a server.</summary>
internal static class Delivered
{
    /// <summary>Behind a new outer header and GRE.</summary>
    public static GoldenExpectation Gre(string service, GoldenServer server, PacketBuilder packet) => By(GoldenForm.Gre, service, server, packet);

    /// <summary>Behind the header that a router made, rewritten for the server.</summary>
    public static GoldenExpectation InPlace(string service, GoldenServer server, PacketBuilder packet) =>
        GoldenExpectation.Forwarded(service, server, open => (server.IsIpv6 ? Sent.InPlace6(open) : Sent.InPlace4(open)).Then(packet));

    /// <summary>What came in GRE over IPv4, by any form: the tunnel goes on by GRE, else it ends.</summary>
    public static GoldenExpectation FromGre4(GoldenForm form, string service, GoldenServer server, PacketBuilder packet) =>
        form != GoldenForm.Gre ? By(form, service, server, packet) : server.IsIpv6 ? Replaced(service, server, packet) : InPlace(service, server, packet);

    /// <summary>Behind a header that replaces a router's of the other family.</summary>
    public static GoldenExpectation Replaced(string service, GoldenServer server, PacketBuilder packet) =>
        GoldenExpectation.Forwarded(service, server, open => Sent.Replaced(open).Then(packet));

    public static GoldenExpectation By(GoldenForm form, string service, GoldenServer server, PacketBuilder packet) =>
        GoldenExpectation.Forwarded(service, server, open => Sent.As(form, open).Then(packet));
}
