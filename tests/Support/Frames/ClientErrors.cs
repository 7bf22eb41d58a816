using static RustyRail.Tests.Support.Frames.ClientPackets;
using static RustyRail.Tests.Support.Frames.Compose;

namespace RustyRail.Tests.Support.Frames;

/// <summary>ICMP errors about what backends sent from a VIP to a client.</summary>
internal static class ClientErrors
{
    private const string Hop = "198.51.100.1", Hop6 = "2001:db8:ffff::1";

    public static byte[][] All =>
    [
        About(3, 4, Compose.Ipv4(Web, Client, Tcp, TcpSegment(80, 999, Acknowledge)), 0x0000_0500),
        About(3, 1, Compose.Ipv4(Web, Client, Tcp, TcpSegment(80, 999, Acknowledge))[..28]),
        About(11, 0, Compose.Ipv4(Web, Client, Udp, Datagram(53, 999, Bytes(4)), options: [1, 1, 1, 0])),
        About(3, 1, Compose.Ipv4(Web, Client, Tcp, TcpSegment(80, 999, Acknowledge))[..27]),
        About(12, 0, Compose.Ipv4(Web, Client, Tcp, TcpSegment(81, 999, Acknowledge))),
        About(3, 1, Compose.Ipv4(Ranged, Client, Tcp, TcpSegment(80, 999, Acknowledge))),
        About(3, 1, Compose.Ipv4(Web, Client, Tcp, Bytes(8), fragment: 5)),
        About(3, 3, Compose.Ipv4(Web, Client, Icmp, IcmpMessage(0, 0, []))),
        About(4, 0, Compose.Ipv4(Net, Client, 50, []), to: Net),
        About(3, 4, Compose.Ipv4(Ranged, Client, Tcp, TcpSegment(8080, 999, Acknowledge)), to: Ranged),
        About6(2, 0, Compose.Ipv6(Web6, Client6, Tcp, TcpSegment(80, 999, Acknowledge)), 1280),
        About6(1, 4, Compose.Ipv6(Web6, Client6, 60, Extension(Udp, Datagram(53, 999, [])))),
        About6(1, 4, Compose.Ipv6(Web6, Client6, 44, FragmentHeader(Udp, Datagram(53, 999, []), 8, more: false))),
        About6(3, 0, Compose.Ipv6(Net6, Client6, 59, []), to: Net6),
        About6(4, 1, Compose.Ipv6(Web6, Client6, Tcp, Bytes(7))),
        About6(1, 0, Compose.Ipv6(Ranged6, Client6, Tcp, TcpSegment(8080, 999, Acknowledge))),
    ];

    private static byte[] About(int type, int code, byte[] packet, uint rest = 0, string to = Web) => Compose.Ipv4(Hop, to, Icmp, IcmpMessage(type, code, packet, rest));

    private static byte[] About6(int type, int code, byte[] packet, uint rest = 0, string to = Web6) => Compose.Ipv6(Hop6, to, Icmpv6, IcmpMessage(type, code, packet, rest));
}
