using RustyRail.Contract.Region;
using RustyRail.Tests.Support.Packets;
using static RustyRail.Tests.Support.Golden.GoldenExpectation;

namespace RustyRail.Tests.Support.Golden;

/// <summary>Checksums of headers that the balancer relies on are judged; those of what it only carries are not.</summary>
internal static class GoldenChecksums
{
    public static IEnumerable<GoldenCase> Cases => [.. Judged, .. Carried];

    private static IEnumerable<GoldenCase> Judged
    {
        get
        {
            static GoldenCase Of(string name, PacketBuilder frame) => new GoldenCase(name, GoldenCatalogues.Web).Send(frame, Dropped(Reason.BadChecksum));
            foreach (int error in new[] { 1, 0x100, 0x8000 })
            {
                Ipv4Layer Wrong(Ipv4Layer ip) => ip with { ChecksumError = error };
                yield return Of($"a header checksum wrong by {error} is refused", Came.Plain.Then(Cast.Tcp4(ip: Wrong)));
                yield return Of($"an outer checksum wrong by {error} is refused", Came.InGre4(Wrong).Then(Cast.Tcp4()));
                yield return Of($"an inner checksum wrong by {error} is refused", Came.InGre4().Then(Cast.Tcp4(ip: Wrong)));
                yield return Of($"an inner checksum in IPv6 wrong by {error} is refused", Came.InGre6().Then(Cast.Tcp4(ip: Wrong)));
                yield return Of($"a GRE checksum wrong by {error} is refused",
                    Came.InGre4(gre: gre => gre with { HasChecksum = true, ChecksumError = error }).Then(Cast.Tcp4()));
            }

            yield return Of("a checksum over options is judged",
                Came.Plain.Then(Cast.Tcp4(ip: ip => ip with { Options = Ipv4Option.RecordRoute(9), ChecksumError = 1 })));
            yield return Of("a checksum is judged whatever the port", Came.Plain.Then(Cast.Tcp4(port: 22, ip: ip => ip with { ChecksumError = 1 })));
            yield return Of("a checksum is judged before the transport header",
                Came.Plain.Then(Cast.Tcp4(ip: ip => ip with { ChecksumError = 1 }, tcp: tcp => tcp with { HeaderWords = 4 })));
            yield return new GoldenCase("a GRE checksum over IPv6 that is wrong is refused", GoldenCatalogues.Web6)
                .Send(Came.InGre6(gre: gre => gre with { HasChecksum = true, ChecksumError = 1 }).Then(Cast.Tcp6()), Dropped(Reason.BadChecksum));

            // It covers what the outer length says, whatever the frame has behind.
            PacketBuilder packet = Cast.Tcp4(payload: 3);
            static GreLayer Summed(GreLayer gre) => gre with { HasChecksum = true };
            yield return new GoldenCase("a GRE checksum does not cover padding", GoldenCatalogues.Web)
                .Send(Came.InGre4(gre: Summed).Then(packet).PadTo(200, 0xEE),
                    Forwarded("web", GoldenServer.Four1, open => Sent.InPlace4(open, gre: Summed).Then(packet)));
        }
    }

    private static IEnumerable<GoldenCase> Carried
    {
        get
        {
            static GoldenCase Of(string name, string service, PacketBuilder packet) => new GoldenCase(name, GoldenCatalogues.Web) { IsFlawed = true }
                .SendPlain(packet, Delivered.Gre(service, GoldenServer.Four1, packet))
                .SendInGre4(packet, Delivered.InPlace(service, GoldenServer.Four1, packet));
            static GoldenCase Of6(string name, string service, PacketBuilder packet) => new GoldenCase(name, GoldenCatalogues.Web6) { IsFlawed = true }
                .SendPlain(packet, Delivered.Gre(service, GoldenServer.Six1, packet));
            yield return Of("a wrong TCP checksum is the server's to find", "web", Cast.Tcp4(tcp: tcp => tcp with { ChecksumError = 1 }));
            yield return Of("a wrong UDP checksum is the server's to find", "dns", Cast.Udp4(udp: udp => udp with { ChecksumError = 1 }));
            yield return Of("UDP without a checksum comes through without", "dns", Cast.Udp4(udp: udp => udp with { HasNoChecksum = true }));
            yield return Of6("a wrong TCP checksum over IPv6 is the server's to find", "web6", Cast.Tcp6(tcp: tcp => tcp with { ChecksumError = 1 }));
            yield return Of6("UDP over IPv6 without a checksum is the server's to judge", "dns6", Cast.Udp6(udp: udp => udp with { HasNoChecksum = true }));
        }
    }
}
