using RustyRail.Tests.Support.Packets;
using static RustyRail.Tests.Support.Golden.GoldenExpectation;

namespace RustyRail.Tests.Support.Golden;

/// <summary>Unusual values that no rule forbids: the packet goes its way, bit by bit as it came.</summary>
internal static class GoldenOddities
{
    public static IEnumerable<GoldenCase> Cases => [.. Ipv4, .. Tcp, .. Udp, .. Ipv6, .. AnyProtocol];

    private static GoldenCase Of(string name, PacketBuilder packet, string service = "web") => new GoldenCase(name, GoldenCatalogues.Web)
        .SendPlain(packet, Delivered.Gre(service, GoldenServer.Four1, packet))
        .SendInGre4(packet, Delivered.InPlace(service, GoldenServer.Four1, packet));

    private static GoldenCase Of6(string name, PacketBuilder packet, string service = "web6") => new GoldenCase(name, GoldenCatalogues.Web6)
        .SendPlain(packet, Delivered.Gre(service, GoldenServer.Six1, packet))
        .SendInGre6(packet, Delivered.InPlace(service, GoldenServer.Six1, packet));

    private static IEnumerable<GoldenCase> Ipv4
    {
        get
        {
            yield return Of("a packet with the reserved flag is no fragment", Cast.Tcp4(ip: ip => ip with { FragmentField = 0x8000 }));
            yield return Of("a packet with the reserved flag that must not be fragmented is none", Cast.Tcp4(ip: ip => ip with { FragmentField = 0xC000 }));
            yield return Of("a packet from the VIP to itself goes its way", Cast.Tcp4(client: Cast.Vip4, clientPort: 80));
            yield return Of("a packet from a group goes its way", Cast.Tcp4(client: "224.0.0.5"));
            yield return Of("a packet from 0.0.0.0 goes its way", Cast.Tcp4(client: "0.0.0.0"));
            yield return Of("a packet from loopback goes its way", Cast.Tcp4(client: "127.0.0.1"));
            yield return Of("a packet from a server goes its way", Cast.Tcp4(client: "192.168.137.11"));
            PacketBuilder packet = Cast.Tcp4();
            Ipv4Layer Evil(Ipv4Layer ip) => ip with { Identification = 0xFFFF };
            yield return new GoldenCase("a router that lets its tunnel be fragmented has no say in ours", GoldenCatalogues.Web)
                .Send(Came.InGre4(Evil).Then(packet), Forwarded("web", GoldenServer.Four1, open => Sent.InPlace4(open, Evil).Then(packet)));
            yield return new GoldenCase("a frame from a group's MAC is like any other", GoldenCatalogues.Web)
                .Send(PacketBuilder.Ethernet(Cast.BalancerMac, "03:00:00:00:00:02").Then(packet), Delivered.Gre("web", GoldenServer.Four1, packet));
        }
    }

    private static IEnumerable<GoldenCase> Tcp
    {
        get
        {
            static PacketBuilder Flags(TcpControl flags) => PacketBuilder.Bare.Ipv4(Cast.Client4, Cast.Vip4).Tcp(41000, 80, flags);
            yield return Of("TCP without flags goes its way", Flags(TcpControl.None));
            yield return Of("TCP with every flag goes its way", Flags((TcpControl)0xFF));
            yield return Of("a lone FIN goes its way", Flags(TcpControl.Fin));
            yield return Of("a lone reset goes its way", Flags(TcpControl.Rst));
            yield return Of("SYN and FIN together go their way", Flags(TcpControl.Syn | TcpControl.Fin));
            yield return Of("TCP from port 0 goes its way", Cast.Tcp4(clientPort: 0));
            yield return Of("TCP from port 65535 goes its way", Cast.Tcp4(clientPort: 65535));
            yield return Of("TCP from the service's own port goes its way", Cast.Tcp4(clientPort: 80));
            yield return Of("TCP with 40 bytes of options goes its way", Cast.Tcp4(tcp: tcp => tcp with { Options = [.. Enumerable.Repeat((byte)1, 40)] }));
            yield return Of("TCP with data of one byte goes its way", Cast.Tcp4(payload: 1));
            yield return Of("TCP with options that make no sense goes its way",
                Cast.Tcp4(tcp: tcp => tcp with { Options = [8, 0, 255, 255, 2, 40, 1, 1] })) with
            { IsFlawed = true };
        }
    }

    private static IEnumerable<GoldenCase> Udp
    {
        get
        {
            yield return Of("UDP without data goes its way", Cast.Udp4(payload: 0), "dns");
            yield return Of("UDP from port 0 goes its way", Cast.Udp4(clientPort: 0), "dns");
            yield return Of("UDP to a service from GUE's port is no tunnel", Cast.Udp4(clientPort: 6080), "dns");
            yield return Of6("UDP over IPv6 without data goes its way", Cast.Udp6(payload: 0), "dns6");
        }
    }

    private static IEnumerable<GoldenCase> Ipv6
    {
        get
        {
            yield return Of6("an IPv6 packet with every bit of its label set goes its way", Cast.Tcp6(ip: ip => ip with { FlowLabel = 0xFFFFF }));
            yield return Of6("an IPv6 packet from the VIP to itself goes its way", Cast.Tcp6(client: Cast.Vip6, clientPort: 80));
            yield return Of6("an IPv6 packet from a group goes its way", Cast.Tcp6(client: "ff02::1"));
            yield return Of6("an IPv6 packet from nowhere goes its way", Cast.Tcp6(client: "::"));
            yield return Of6("an IPv6 packet from a link-local address goes its way", Cast.Tcp6(client: "fe80::7"));
            yield return Of6("an IPv6 packet from a mapped address goes its way", Cast.Tcp6(client: "::ffff:10.0.0.7"));
        }
    }

    /// <summary>What is no TCP, UDP or ICMP is not judged; a service of any protocol takes it.</summary>
    private static IEnumerable<GoldenCase> AnyProtocol
    {
        get
        {
            foreach ((byte protocol, string name, int bytes) in new (byte, string, int)[]
            {
                (0, "hop-by-hop options", 8), (41, "IPv6", 3), (50, "encrypted payload", 40), (51, "authentication", 3),
                (58, "ICMPv6", 8), (132, "SCTP", 12), (253, "an experiment", 0), (255, "a reserved number", 1),
            })
            {
                PacketBuilder packet = PacketBuilder.Bare.Ipv4(Cast.Client4, "10.4.0.2", ip => ip with { Protocol = protocol }).PayloadOf(bytes);
                yield return new GoldenCase($"{name} inside IPv4 goes to a service of any protocol", GoldenCatalogues.Icmp) { IsFlawed = true }
                    .SendPlain(packet, Delivered.Gre("all", GoldenServer.Four1, packet));
            }

            PacketBuilder gre = PacketBuilder.Bare.Ipv4(Cast.Client4, "10.4.0.2").Gre(layer => layer with { ProtocolType = 0x880B, MoreFlags = 0x2001 }).PayloadOf(20);
            yield return new GoldenCase("PPTP's GRE to a VIP goes to a service of any protocol", GoldenCatalogues.Icmp) { IsFlawed = true }
                .SendPlain(gre, Delivered.Gre("all", GoldenServer.Four1, gre));
            PacketBuilder tunnel = PacketBuilder.Bare.Ipv4(Cast.Client4, "10.4.0.2").Gre().Then(Cast.Tcp4(vip: Cast.Elsewhere4));
            yield return new GoldenCase("GRE to a VIP with another destination inside goes to a service of any protocol", GoldenCatalogues.Icmp)
                .SendPlain(tunnel, Delivered.Gre("all", GoldenServer.Four1, tunnel));
            PacketBuilder nested = PacketBuilder.Bare.Ipv4(Cast.Client4, "10.4.0.2").Then(Cast.Tcp4(vip: "10.4.0.1"));
            yield return new GoldenCase("IPIP to a VIP goes to a service of any protocol", GoldenCatalogues.Icmp)
                .SendPlain(nested, Delivered.Gre("all", GoldenServer.Four1, nested));
            PacketBuilder none = PacketBuilder.Bare.Ipv6(Cast.Client6, "2001:db8:4::2", ip => ip with { NextHeader = 59 });
            yield return new GoldenCase("IPv6 without a next header goes to a service of any protocol", GoldenCatalogues.Icmp)
                .SendPlain(none, Delivered.Gre("all6", GoldenServer.Six1, none));
            PacketBuilder zero = Cast.Tcp4(clientPort: 0, port: 0, vip: "10.4.0.2");
            yield return new GoldenCase("port 0 goes to a service of any port", GoldenCatalogues.Icmp)
                .SendPlain(zero, Delivered.Gre("all", GoldenServer.Four1, zero));
        }
    }
}
