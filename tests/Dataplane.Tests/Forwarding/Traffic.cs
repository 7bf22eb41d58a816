using RustyRail.Tests.Support.Packets;
using RustyRail.Tests.Support.Regions;

namespace Dataplane.Tests.Forwarding;

/// <summary>The packets of the test bed: a router's GRE around a client's packet, and the same packet without it.</summary>
internal static class Traffic
{
    public const string Vip = "10.1.0.1", Client = "10.0.0.7", Router = "192.168.137.1";

    public static PacketBuilder FromRouter(Func<Ipv4Layer, Ipv4Layer>? outer = null, Func<GreLayer, GreLayer>? gre = null) =>
        PacketBuilder.Ethernet().Ipv4(Router, TestBackend.BalancerAddress, outer).Gre(gre);

    public static PacketBuilder Client4(this PacketBuilder around, string destination = Vip, string source = Client, Func<Ipv4Layer, Ipv4Layer>? with = null) =>
        around.Ipv4(source, destination, with);

    public static PacketBuilder RouterTcp(int sourcePort = 40000, TcpControl flags = TcpControl.Ack, string source = Client) =>
        FromRouter().Client4(source: source).Tcp(sourcePort, 80, flags).PayloadOf(100);

    public static PacketBuilder PlainTcp(int sourcePort = 40000, TcpControl flags = TcpControl.Ack, string destination = Vip, string source = Client) =>
        PacketBuilder.Ethernet().Client4(destination, source).Tcp(sourcePort, 80, flags).PayloadOf(100);

    /// <summary>Ethernet and outer IPv4 as the balancer sends them to that backend; what is inside follows.</summary>
    public static PacketBuilder ToBackend(TestBackend backend, Func<Ipv4Layer, Ipv4Layer> outer, Func<GreLayer, GreLayer>? gre = null) =>
        PacketBuilder.Ethernet(backend.Mac, TestBackend.BalancerMac)
            .Ipv4(TestBackend.BalancerAddress, backend.Address.ToString(), ip => outer(ip with { FragmentField = Ipv4Layer.DontFragment }))
            .Gre(gre);

    /// <summary>What a backend finds inside GRE, found without the code under test.</summary>
    public static byte[] Decapsulate(byte[] frame)
    {
        int ip = 14, gre = ip + ((frame[ip] & 15) * 4);
        int options = ((frame[gre] & 0x80) != 0 ? 4 : 0) + ((frame[gre] & 0x20) != 0 ? 4 : 0) + ((frame[gre] & 0x10) != 0 ? 4 : 0);
        int total = (frame[ip + 2] << 8) | frame[ip + 3];
        return frame[(gre + 4 + options)..(ip + total)];
    }
}
