using RustyRail.Tests.Support.Packets;

namespace RustyRail.Tests.Support.Golden;

/// <summary>Who is who in the table's packets.</summary>
internal static class Cast
{
    public const int MtuBytes = 1500;

    public const string
        BalancerMac = "02:00:00:00:00:01", RouterMac = "02:00:00:00:00:02",
        Balancer4 = "192.168.137.188", Balancer6 = "2001:db8:137::188",
        Router4 = "192.168.137.1", Router6 = "2001:db8:137::1",
        Client4 = "10.0.0.7", Client6 = "2001:db8:c::7",
        Vip4 = "10.1.0.1", Vip6 = "2001:db8:1::1",
        /// <summary>A router between balancer and client that has something to say.</summary>
        Hop4 = "203.0.113.9", Hop6 = "2001:db8:f::9",
        Elsewhere4 = "10.9.9.9", Elsewhere6 = "2001:db8:9::9";

    /// <summary>Whether it is IPv6.</summary>
    public static bool[] EitherFamily { get; } = [false, true];

    /// <summary>For names of cases.</summary>
    public static string Family(bool isIpv6) => isIpv6 ? "IPv6" : "IPv4";

    public static PacketBuilder Tcp4(
        int clientPort = 40000, int port = 80, string vip = Vip4, string client = Client4, int payload = 100,
        Func<Ipv4Layer, Ipv4Layer>? ip = null, Func<TcpLayer, TcpLayer>? tcp = null) =>
        PacketBuilder.Bare.Ipv4(client, vip, ip).Tcp(clientPort, port, TcpControl.Ack, tcp).PayloadOf(payload);

    public static PacketBuilder Tcp6(
        int clientPort = 40000, int port = 80, string vip = Vip6, string client = Client6, int payload = 100,
        Func<Ipv6Layer, Ipv6Layer>? ip = null, Func<TcpLayer, TcpLayer>? tcp = null) =>
        PacketBuilder.Bare.Ipv6(client, vip, ip).Tcp(clientPort, port, TcpControl.Ack, tcp).PayloadOf(payload);

    public static PacketBuilder Udp4(
        int clientPort = 40000, int port = 53, string vip = Vip4, string client = Client4, int payload = 40,
        Func<Ipv4Layer, Ipv4Layer>? ip = null, Func<UdpLayer, UdpLayer>? udp = null) =>
        PacketBuilder.Bare.Ipv4(client, vip, ip).Udp(clientPort, port, udp).PayloadOf(payload);

    public static PacketBuilder Udp6(
        int clientPort = 40000, int port = 53, string vip = Vip6, string client = Client6, int payload = 40,
        Func<Ipv6Layer, Ipv6Layer>? ip = null, Func<UdpLayer, UdpLayer>? udp = null) =>
        PacketBuilder.Bare.Ipv6(client, vip, ip).Udp(clientPort, port, udp).PayloadOf(payload);
}
