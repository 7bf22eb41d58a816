using static RustyRail.Tests.Support.Frames.Compose;

namespace RustyRail.Tests.Support.Frames;

/// <summary>Frames of every class that docs/design/packet-classes.md knows, for the VIPs of <see cref="SampleCatalogues"/>: each packet in each way to come.</summary>
internal static class SoundFrames
{
    private const string Router = "192.168.137.1", Balancer = "192.168.137.188", Router6 = "2001:db8:137::1", Balancer6 = "2001:db8:137::188";

    public static byte[][] All { get; } = [.. Packets().SelectMany(packet => Ways(packet)), .. Strangers().Select(packet => Ethernet(packet)), .. NoPackets()];

    private static byte[][] Packets() => [.. ClientPackets.Ipv4, .. ClientPackets.Ipv6, .. ClientErrors.All];

    private static byte[][] Ways(byte[] packet)
    {
        byte[] OfRouter(byte[] gre, int trafficClass = 0, int timeToLive = 64, byte[]? options = null, int fragment = 0) =>
            Compose.Ipv4(Router, Balancer, Gre, gre, trafficClass, timeToLive, fragment: fragment, options: options);
        byte[][] frames =
        [
            Ethernet(packet),
            Ethernet([.. packet, .. new byte[30]]),
            Ethernet(packet, 5),
            Ethernet(OfRouter(InGre(packet))),
            Ethernet(OfRouter(InGre(packet), trafficClass: 0xB8 | 3)),
            Ethernet(OfRouter(InGre(packet, padding: 12), trafficClass: 1), 6, 7),
            Ethernet(OfRouter(InGre(packet, flags: 0x80))),
            Ethernet(OfRouter(InGre(packet, flags: 0xB0), timeToLive: 2, options: [7, 7, 4, 0, 0, 0, 0, 0])),
            Ethernet(Compose.Ipv6(Router6, Balancer6, Gre, InGre(packet), trafficClass: 0xB9)),
            Ethernet(Compose.Ipv6(Router6, Balancer6, 60, Extension(Gre, InGre(packet, flags: 0x20)), hopLimit: 1), 9),
        ];
        foreach (byte[] frame in frames) Mending.Mend(frame);
        return frames;
    }

    private static byte[][] Strangers()
    {
        byte[] syn = Compose.Ipv4("10.0.0.9", "10.1.0.1", Tcp, TcpSegment(999, 80, Syn)), far = Compose.Ipv4("10.0.0.9", "10.9.9.9", Tcp, TcpSegment(999, 80, Syn));
        byte[][] packets =
        [
            far,
            Compose.Ipv4("192.0.2.1", Balancer, Gre, InGre(syn)),
            Compose.Ipv4(Router, Balancer, Gre, InGre(far)),
            Compose.Ipv4(Router, "10.2.0.9", Gre, InGre(far)),
            Compose.Ipv4(Router, "10.2.0.9", Gre, [0, 0, 0x65, 0x58, .. Bytes(60)]),
            Compose.Ipv4(Router, Balancer, Gre, [0x40, 1, 8, 0, .. syn]),
            Compose.Ipv4(Router, Balancer, Gre, InGre(syn), fragment: 0x2000),
            Compose.Ipv6(Router6, "2001:db8:2::9", 44, FragmentHeader(Gre, InGre(syn), 0, more: true)),
            Compose.Ipv6("fe80::1", "ff02::1:ff00:1", Icmpv6, IcmpMessage(135, 0, Bytes(16))),
            Compose.Ipv6("2001:db8::9", "2001:db8:2::1", Icmpv6, IcmpMessage(135, 0, Bytes(16))),
            Compose.Ipv6("2001:db8::9", "::ffff:10.1.0.1", Tcp, TcpSegment(999, 80, Syn)),
        ];
        return packets;
    }

    private static byte[][] NoPackets()
    {
        byte[] arp = Ethernet(Bytes(46));
        (arp[12], arp[13]) = (8, 6);
        byte[] syn = Ethernet(Compose.Ipv4("10.0.0.9", "10.1.0.1", Tcp, TcpSegment(999, 80, Syn)), 1, 2);
        byte[] threeTags = [.. syn[..12], 0x81, 0, 0, 3, .. syn[12..]], forAnother = [.. syn];
        forAnother[5] = 77;
        return [arp, threeTags, forAnother, Ethernet([0x45])];
    }
}
