using RustyRail.Tests.Support.Packets;
using static RustyRail.Tests.Support.Golden.GoldenExpectation;

namespace RustyRail.Tests.Support.Golden;

/// <summary>Which service has a packet: the longest prefix, then a named protocol before any, then the narrowest range.</summary>
internal static class GoldenServices
{
    private const int Tcp = 6, Udp = 17, Icmp = 1, Icmpv6 = 58, Encrypted = 50;

    public static IEnumerable<GoldenCase> Cases => [.. Four, .. Six];

    private static IEnumerable<GoldenCase> Four =>
        from row in new (string To, int Protocol, int Port, string? Service)[]
        {
            ("10.6.0.1", Tcp, 80, "http"), ("10.6.0.1", Tcp, 81, null), ("10.6.0.1", Udp, 80, null), ("10.6.0.1", Udp, 53, "dns"),
            ("10.6.0.1", Tcp, 7999, null), ("10.6.0.1", Tcp, 8000, "range"), ("10.6.0.1", Tcp, 8099, "range"), ("10.6.0.1", Tcp, 8100, "within"),
            ("10.6.0.1", Tcp, 8149, "within"), ("10.6.0.1", Tcp, 8150, "one-within"), ("10.6.0.1", Tcp, 8199, "within"), ("10.6.0.1", Tcp, 8200, "range"),
            ("10.6.0.1", Tcp, 8999, "range"), ("10.6.0.1", Tcp, 9000, null), ("10.6.0.1", Encrypted, 0, null),
            ("10.6.0.2", Udp, 0, "any-udp"), ("10.6.0.2", Udp, 65535, "any-udp"), ("10.6.0.2", Tcp, 1, null),
            ("10.6.0.3", Tcp, 1, "all"), ("10.6.0.3", Tcp, 80, "tcp-of-all"), ("10.6.0.3", Tcp, 82, "all"),
            ("10.6.0.3", Udp, 80, "all"), ("10.6.0.3", Icmp, 0, "all"), ("10.6.0.3", Encrypted, 0, "all"),
            ("10.7.0.1", Tcp, 80, "net"), ("10.7.0.1", Tcp, 81, "wide"), ("10.7.0.0", Tcp, 80, "net"),
            ("10.7.0.127", Tcp, 80, "net"), ("10.7.0.128", Tcp, 80, "narrow"),
            ("10.7.0.255", Tcp, 1000, "narrow"), ("10.7.0.255", Tcp, 1001, "wide"), ("10.7.1.0", Tcp, 80, "wide"), ("10.7.255.255", Udp, 9, "wide"),
            ("10.8.0.0", Tcp, 80, null), ("10.6.255.255", Tcp, 80, null), ("10.7.0.5", Tcp, 443, "host"),
            ("10.7.0.5", Tcp, 80, "net"), ("10.7.0.5", Udp, 443, "wide"),
        }
        select Case(GoldenCatalogues.Ranges, row.To, row.Protocol, row.Port, row.Service);

    private static IEnumerable<GoldenCase> Six =>
        from row in new (string To, int Protocol, int Port, string? Service)[]
        {
            ("2001:db8:6::1", Tcp, 80, "http6"), ("2001:db8:6::1", Tcp, 81, null),
            ("2001:db8:6::1", Tcp, 8150, "one-within6"), ("2001:db8:6::1", Tcp, 8151, "within6"),
            ("2001:db8:6::1", Tcp, 8200, "range6"), ("2001:db8:6::1", Udp, 53, "dns6"), ("2001:db8:6::2", Udp, 0, "any-udp6"), ("2001:db8:6::2", Tcp, 1, null),
            ("2001:db8:6::3", Encrypted, 0, "all6"), ("2001:db8:6::3", Icmpv6, 0, "all6"), ("2001:db8:6::3", Tcp, 81, "tcp-of-all6"),
            ("2001:db8:7:1::1", Tcp, 80, "net6"), ("2001:db8:7:1::1", Tcp, 81, "wide6"),
            ("2001:db8:7:1:7fff:ffff:ffff:ffff", Tcp, 80, "net6"), ("2001:db8:7:1:8000::", Tcp, 80, "narrow6"),
            ("2001:db8:7:1:ffff:ffff:ffff:ffff", Tcp, 1001, "wide6"), ("2001:db8:7:2::", Tcp, 80, "wide6"),
            ("2001:db8:7:ffff:ffff:ffff:ffff:ffff", Udp, 9, "wide6"), ("2001:db8:8::", Tcp, 80, null),
            ("2001:db8:7:1::5", Tcp, 443, "host6"), ("2001:db8:7:1::5", Tcp, 80, "net6"),
        }
        select Case(GoldenCatalogues.Ranges6, row.To, row.Protocol, row.Port, row.Service);

    private static GoldenCase Case(GoldenCatalogue catalogue, string to, int protocol, int port, string? service)
    {
        bool isIpv6 = to.Contains(':', StringComparison.Ordinal);
        GoldenServer server = isIpv6 ? GoldenServer.Six1 : GoldenServer.Four1;
        byte? other = protocol == Encrypted ? Encrypted : null;
        PacketBuilder ip = isIpv6
            ? PacketBuilder.Bare.Ipv6(Cast.Client6, to, layer => layer with { NextHeader = other })
            : PacketBuilder.Bare.Ipv4(Cast.Client4, to, layer => layer with { Protocol = other });
        PacketBuilder packet = protocol switch
        {
            Tcp => ip.Tcp(7, port).PayloadOf(4),
            Udp => ip.Udp(7, port).PayloadOf(4),
            Icmp => ip.Icmp().PayloadOf(4),
            Icmpv6 => ip.Icmpv6().PayloadOf(4),
            _ => ip.PayloadOf(12),
        };
        return new GoldenCase($"{to} protocol {protocol} port {port} is for {service ?? "nobody"}", catalogue)
            .SendPlain(packet, service == null ? Host : Delivered.Gre(service, server, packet))
            .Send((isIpv6 ? Came.InGre6() : Came.InGre4()).Then(packet), service == null ? Host : Delivered.InPlace(service, server, packet));
    }
}
