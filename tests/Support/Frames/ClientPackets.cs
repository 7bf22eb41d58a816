using static RustyRail.Tests.Support.Frames.Compose;

namespace RustyRail.Tests.Support.Frames;

/// <summary>What clients send to the VIPs of <see cref="SampleCatalogues"/>.</summary>
internal static class ClientPackets
{
    public const string Client = "10.0.0.9", Web = "10.1.0.1", Net = "10.2.0.77", Ranged = "10.3.0.1";
    public const string Client6 = "2001:db8::9", Web6 = "2001:db8:1::1", Net6 = "2001:db8:2::77", Ranged6 = "2001:db8:3::1";

    private const int MoreFragments = 0x2000, DontFragment = 0x4000, Encrypted = 50;

    /// <summary>No operation, then MSS 1460 at an odd place, then the end.</summary>
    private static readonly byte[] OddMss = [1, 2, 4, 5, 0xB4, 0, 0, 0], Mss = [2, 4, 5, 0xB4];

    public static byte[][] Ipv4 =>
    [
        To(Web, Tcp, TcpSegment(999, 80, Acknowledge, Bytes(9))),
        To(Web, Tcp, TcpSegment(999, 80, Syn, options: Mss), trafficClass: 0xB8),
        To(Web, Tcp, TcpSegment(999, 80, Fin | Acknowledge), trafficClass: 2),
        To(Web, Tcp, TcpSegment(999, 443, Syn, options: OddMss), trafficClass: 1),
        To(Web, Tcp, TcpSegment(999, 443, Syn, Bytes(1440), Mss)),
        To(Web, Tcp, TcpSegment(999, 81, Acknowledge)),
        To(Web, Tcp, TcpSegment(999, 80, Acknowledge, Bytes(1440)), fragment: DontFragment),
        To(Web, Udp, Datagram(999, 53, Bytes(30)), trafficClass: 3),
        To(Web, Icmp, IcmpMessage(8, 0, Bytes(20))),
        To(Web, Icmp, IcmpMessage(8, 0, Bytes(64)), fragment: MoreFragments),
        To(Net, Icmp, IcmpMessage(8, 0, Bytes(3)), options: [1, 1, 1, 0]),
        To(Net, Encrypted, Bytes(5)),
        To(Net, Udp, Datagram(1, 2, Bytes(64)), fragment: MoreFragments),
        To(Net, Udp, Bytes(64), fragment: MoreFragments | 9),
        To(Net, Udp, Bytes(11), fragment: 17),
        To(Web, Tcp, TcpSegment(999, 80, Acknowledge, Bytes(28)), fragment: MoreFragments, id: 8),
        To(Web, Tcp, Bytes(16), fragment: 6, id: 8),
        To(Web, Udp, Bytes(16), fragment: 6, id: 9),
        To(Ranged, Tcp, TcpSegment(999, 8080, Acknowledge)),
        To(Ranged, Udp, Datagram(5, 8999, Bytes(1))),
        To(Ranged, Icmp, IcmpMessage(13, 0, Bytes(12))),
        To(Web, Tcp, TcpSegment(999, 80, Acknowledge, Bytes(3000))),
        Compose.Ipv4("10.0.0.9", "10.2.0.200", Tcp, TcpSegment(7, 443, Syn, options: Mss)),
        Compose.Ipv4("224.0.0.9", Web, Icmp, IcmpMessage(8, 0, [])),
    ];

    public static byte[][] Ipv6 =>
    [
        To6(Web6, Tcp, TcpSegment(999, 80, Acknowledge, Bytes(9))),
        To6(Web6, Tcp, TcpSegment(999, 80, Syn, options: Mss), trafficClass: 0xB8),
        To6(Web6, Tcp, TcpSegment(999, 443, Syn, options: OddMss), trafficClass: 1),
        To6(Web6, 60, Extension(Tcp, TcpSegment(999, 443, Syn, options: Mss), moreUnits: 1), trafficClass: 2),
        To6(Web6, 0, Extension(43, Extension(60, Extension(Udp, Datagram(999, 53, Bytes(30)))))),
        To6(Web6, 51, [Tcp, 4, 0, 0, .. new byte[20], .. TcpSegment(999, 80, Acknowledge)]),
        To6(Web6, Tcp, TcpSegment(999, 80, Acknowledge, Bytes(1440))),
        To6(Web6, Icmpv6, IcmpMessage(128, 0, Bytes(21)), trafficClass: 3),
        To6(Web6, 60, Extension(Icmpv6, IcmpMessage(128, 0, Bytes(5)))),
        To6(Web6, 44, FragmentHeader(Tcp, TcpSegment(999, 80, Acknowledge, Bytes(28)), 0, more: true)),
        To6(Web6, 44, FragmentHeader(Tcp, Bytes(16), 6, more: false)),
        To6(Web6, 44, FragmentHeader(Udp, Datagram(999, 53, Bytes(8)), 0, more: false, id: 9)),
        To6(Web6, 44, FragmentHeader(Udp, Bytes(8), 6, more: true, id: 10)),
        To6(Net6, 44, FragmentHeader(Udp, Bytes(8), 6, more: true, id: 11)),
        To6(Net6, 59, []),
        To6(Net6, Icmpv6, IcmpMessage(128, 0, [])),
        To6(Net6, Icmpv6, IcmpMessage(136, 0, Bytes(16))),
        To6(Ranged6, Tcp, TcpSegment(999, 8080, Reset)),
        To6(Ranged6, Icmpv6, IcmpMessage(150, 0, Bytes(4))),
        To6(Web6, Tcp, TcpSegment(999, 80, Acknowledge, Bytes(3000))),
    ];

    private static byte[] To(string vip, int protocol, byte[] payload, int trafficClass = 0, int fragment = 0, int id = 7, byte[]? options = null) =>
        Compose.Ipv4(Client, vip, protocol, payload, trafficClass, 60, id, fragment, options);

    private static byte[] To6(string vip, int next, byte[] payload, int trafficClass = 0) => Compose.Ipv6(Client6, vip, next, payload, trafficClass, 60);
}
