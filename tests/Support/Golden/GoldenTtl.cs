using RustyRail.Contract.Region;
using RustyRail.Tests.Support.Packets;
using static RustyRail.Tests.Support.Golden.GoldenExpectation;

namespace RustyRail.Tests.Support.Golden;

/// <summary>A router's header that is rewritten has one hop less; the client's own is nobody's to count here.</summary>
internal static class GoldenTtl
{
    public static IEnumerable<GoldenCase> Cases => [.. Rewritten, .. TakenOut, .. Inside];

    private static IEnumerable<GoldenCase> Rewritten
    {
        get
        {
            PacketBuilder packet = Cast.Tcp4(), packet6 = Cast.Tcp6();
            foreach (byte hops in new byte[] { 2, 3, 128, 255 })
            {
                Ipv4Layer Outer(Ipv4Layer ip) => ip with { TimeToLive = hops };
                Ipv6Layer Outer6(Ipv6Layer ip) => ip with { HopLimit = hops };
                yield return new GoldenCase($"a router's TTL of {hops} becomes {hops - 1}", GoldenCatalogues.Web)
                    .Send(Came.InGre4(Outer).Then(packet), Forwarded("web", GoldenServer.Four1, open => Sent.InPlace4(open, Outer).Then(packet)));
                yield return new GoldenCase($"a router's hop limit of {hops} becomes {hops - 1}", GoldenCatalogues.Web6)
                    .Send(Came.InGre6(Outer6).Then(packet6), Forwarded("web6", GoldenServer.Six1, open => Sent.InPlace6(open, Outer6).Then(packet6)));
            }

            foreach (byte hops in new byte[] { 0, 1 })
            {
                yield return new GoldenCase($"a router's TTL of {hops} goes no further", GoldenCatalogues.Web)
                    .Send(Came.InGre4(ip => ip with { TimeToLive = hops }).Then(packet), Dropped(Reason.TtlExpired));
                yield return new GoldenCase($"a router's hop limit of {hops} goes no further", GoldenCatalogues.Web6)
                    .Send(Came.InGre6(ip => ip with { HopLimit = hops }).Then(packet6), Dropped(Reason.TtlExpired));
            }

            // The header checksum's carry goes round: an update that forgets it shows here.
            foreach (ushort identification in new ushort[] { IdentificationFor(0xFEFF), IdentificationFor(0xFE00), IdentificationFor(0xFFFE) })
            {
                Ipv4Layer Outer(Ipv4Layer ip) => ip with { Identification = identification, FragmentField = Ipv4Layer.DontFragment };
                yield return new GoldenCase($"a router's header with identification 0x{identification:x4} has the right checksum afterwards",
                    GoldenCatalogues.Web)
                    .Send(Came.InGre4(Outer).Then(packet), Forwarded("web", GoldenServer.Four1, open => Sent.InPlace4(open, Outer).Then(packet)));
            }

            static Ipv6Layer Labelled(Ipv6Layer ip) => ip with { FlowLabel = 0xABCDE, TrafficClass = 0x48 };
            yield return new GoldenCase("a router's flow label and traffic class stay", GoldenCatalogues.Web6)
                .Send(Came.InGre6(Labelled).Then(packet6), Forwarded("web6", GoldenServer.Six1, open => Sent.InPlace6(open, Labelled).Then(packet6)));
        }
    }

    /// <summary>With which the outer header that leaves has that checksum.</summary>
    private static ushort IdentificationFor(ushort checksum)
    {
        for (int i = 0; i <= 0xFFFF; i++)
        {
            byte[] frame = Sent.InPlace4(Unstated.Sample(GoldenServer.Four1), ip => ip with { Identification = (ushort)i }).Then(Cast.Tcp4()).Build();
            if (((frame[24] << 8) | frame[25]) == checksum) return (ushort)i;
        }

        throw new InvalidOperationException($"no header has checksum {checksum}");
    }

    private static IEnumerable<GoldenCase> TakenOut
    {
        get
        {
            foreach (byte hops in new byte[] { 0, 1 })
            {
                PacketBuilder packet = GoldenForms.Packet(GoldenForm.Ipip, false, GoldenServer.Four1),
                    lan = GoldenForms.Packet(GoldenForm.L2, true, GoldenServer.Four1);
                PacketBuilder other = GoldenForms.Packet(GoldenForm.Gre, false, GoldenServer.Six1), other6 = GoldenForms.Packet(GoldenForm.Gre, true, GoldenServer.Four1);
                yield return new GoldenCase($"a tunnel that ends here may end with TTL {hops}", GoldenCatalogues.Forms)
                    .Send(Came.InGre4(ip => ip with { TimeToLive = hops }).Then(packet),
                        Delivered.By(GoldenForm.Ipip, "ipip-4-to-4", GoldenServer.Four1, packet));
                yield return new GoldenCase($"a tunnel that ends here may end with hop limit {hops}", GoldenCatalogues.Forms)
                    .Send(Came.InGre6(ip => ip with { HopLimit = hops }).Then(lan), Delivered.By(GoldenForm.L2, "l2-6-to-4", GoldenServer.Four1, lan));
                yield return new GoldenCase($"an outer header that would be replaced goes no further at TTL {hops}", GoldenCatalogues.Forms)
                    .Send(Came.InGre4(ip => ip with { TimeToLive = hops }).Then(other), Dropped(Reason.TtlExpired))
                    .Send(Came.InGre6(ip => ip with { HopLimit = hops }).Then(other6), Dropped(Reason.TtlExpired));
            }

            foreach (byte hops in new byte[] { 2, 255 })
            {
                PacketBuilder other = GoldenForms.Packet(GoldenForm.Gre, false, GoldenServer.Six1), other6 = GoldenForms.Packet(GoldenForm.Gre, true, GoldenServer.Four1);
                yield return new GoldenCase($"an outer header that is replaced has {hops - 1} hops after {hops}", GoldenCatalogues.Forms)
                    .Send(Came.InGre4(ip => ip with { TimeToLive = hops }).Then(other), Forwarded("gre-4-to-6", GoldenServer.Six1, open => Sent.Replaced(open, hops: hops).Then(other)))
                    .Send(Came.InGre6(ip => ip with { HopLimit = hops }).Then(other6), Forwarded("gre-6-to-4", GoldenServer.Four1, open => Sent.Replaced(open, hops: hops).Then(other6)));
            }
        }
    }

    private static IEnumerable<GoldenCase> Inside
    {
        get
        {
            foreach (byte hops in new byte[] { 0, 1, 255 })
            {
                PacketBuilder packet = Cast.Tcp4(ip: ip => ip with { TimeToLive = hops }), packet6 = Cast.Tcp6(ip: ip => ip with { HopLimit = hops });
                yield return new GoldenCase($"a client's TTL of {hops} comes through", GoldenCatalogues.Web)
                    .SendPlain(packet, Delivered.Gre("web", GoldenServer.Four1, packet))
                    .SendInGre4(packet, Delivered.InPlace("web", GoldenServer.Four1, packet));
                yield return new GoldenCase($"a client's hop limit of {hops} comes through", GoldenCatalogues.Web6)
                    .SendPlain(packet6, Delivered.Gre("web6", GoldenServer.Six1, packet6));
                PacketBuilder lan = Cast.Tcp4(vip: GoldenCatalogues.FormVip(GoldenForm.L2, false, GoldenServer.Four1), ip: ip => ip with { TimeToLive = hops });
                yield return new GoldenCase($"l2 leaves a client's TTL of {hops}", GoldenCatalogues.Forms)
                    .SendPlain(lan, Delivered.By(GoldenForm.L2, "l2-4-to-4", GoldenServer.Four1, lan));
            }
        }
    }
}
