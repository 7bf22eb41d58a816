using RustyRail.Contract.Region;
using RustyRail.Tests.Support.Packets;
using static RustyRail.Tests.Support.Golden.GoldenExpectation;

namespace RustyRail.Tests.Support.Golden;

/// <summary>Where routers are configured (192.0.2.0/24, 198.51.100.7, 2001:db8:77::/64), only they may tunnel.</summary>
internal static class GoldenSources
{
    public static IEnumerable<GoldenCase> Cases => [.. Gre, .. Others];

    private static readonly PacketBuilder _packet = Cast.Tcp4();

    private static GoldenExpectation To(Func<Unstated, PacketBuilder> around) => Forwarded("web", GoldenServer.Four1, open => around(open).Then(_packet));

    private static PacketBuilder From(string router) => Came.InGre4(ip => ip with { Source = System.Net.IPAddress.Parse(router) });

    private static PacketBuilder From6(string router) => Came.InGre6(ip => ip with { Source = System.Net.IPAddress.Parse(router) });

    private static GoldenCase Of(string name, PacketBuilder frame, GoldenExpectation expected) => new GoldenCase(name, GoldenCatalogues.WithRouters)
        .Send(frame, expected);

    private static IEnumerable<GoldenCase> Gre
    {
        get
        {
            foreach (string router in new[] { "192.0.2.0", "192.0.2.1", "192.0.2.255", "198.51.100.7" })
                yield return Of($"GRE from {router} is a router's", From(router).Then(_packet), To(open => Sent.InPlace4(open)));
            foreach (string router in new[] { "192.0.1.255", "192.0.3.0", "198.51.100.6", "198.51.100.8", Cast.Client4, "0.0.0.0" })
                yield return Of($"GRE from {router} is not allowed", From(router).Then(_packet), Dropped(Reason.SourceNotAllowed));
            foreach (string router in new[] { "2001:db8:77::", "2001:db8:77::1", "2001:db8:77:0:ffff:ffff:ffff:ffff" })
                yield return Of($"GRE from {router} is a router's", From6(router).Then(_packet), To(open => Sent.Replaced(open)));
            foreach (string router in new[] { "2001:db8:76:ffff:ffff:ffff:ffff:ffff", "2001:db8:77:1::", "::", "::ffff:192.0.2.1", "::192.0.2.1" })
                yield return Of($"GRE from {router} is not allowed", From6(router).Then(_packet), Dropped(Reason.SourceNotAllowed));
        }
    }

    private static IEnumerable<GoldenCase> Others
    {
        get
        {
            yield return Of("a plain packet needs no router", Came.Plain.Then(_packet), To(open => Sent.Gre(open)));
            yield return Of("a stranger's GRE for no VIP is the host's", From(Cast.Client4).Then(Cast.Tcp4(vip: Cast.Elsewhere4)), Host);
            yield return Of("a stranger's GRE that is wrong besides is called wrong",
                From(Cast.Client4).Then(Cast.Tcp4(ip: ip => ip with { ChecksumError = 1 })),
                Dropped(Reason.BadChecksum));
            yield return Of("a stranger's GRE for a port without a service is not allowed", From(Cast.Client4).Then(Cast.Tcp4(port: 22)),
                Dropped(Reason.SourceNotAllowed));
            yield return Of("a stranger's echo in GRE is not answered", From(Cast.Client4).Ipv4(Cast.Client4, Cast.Vip4).Icmp().PayloadOf(8),
                Dropped(Reason.SourceNotAllowed));
        }
    }
}
