using RustyRail.Tests.Support.Frames;
using static RustyRail.Tests.Support.Frames.Compose;

namespace Property.Tests.Forwarding;

/// <summary>Packets of a few numbered flows: TCP to services by five-tuple and by address, of both families, from the router and plain.</summary>
internal static class FlowPackets
{
    private static readonly Dictionary<(int, int), byte[]> Made = [];

    /// <summary>One flow's packets are all made by the router, or all plain.</summary>
    public static byte[] Packet(int flow, int flags)
    {
        if (Made.TryGetValue((flow, flags), out byte[]? frame)) return frame;
        return Made[(flow, flags)] = Frame(flow, ToVip(flow, Tcp, TcpSegment(40_000 + flow, PortOf(flow), flags, Bytes(20))));
    }

    /// <summary>About a packet from the VIP; the hop that says so is none of the flow.</summary>
    public static byte[] Error(int flow)
    {
        byte[] segment = TcpSegment(PortOf(flow), 40_000 + flow, Acknowledge);
        return Frame(flow, IsIpv6(flow)
            ? Compose.Ipv6("2001:db8:ffff::1", VipOf(flow), Icmpv6, IcmpMessage(2, 0, Compose.Ipv6(VipOf(flow), ClientOf(flow), Tcp, segment)))
            : Compose.Ipv4("198.51.100.1", VipOf(flow), Icmp, IcmpMessage(3, 4, Compose.Ipv4(VipOf(flow), ClientOf(flow), Tcp, segment))));
    }

    public static byte[][] Fragments(int flow, int id)
    {
        byte[] first = TcpSegment(40_000 + flow, PortOf(flow), Acknowledge, Bytes(28)), later = Bytes(24);
        return IsIpv6(flow)
            ? [Frame(flow, ToVip(flow, 44, FragmentHeader(Tcp, first, 0, more: true, (uint)id))), Frame(flow, ToVip(flow, 44, FragmentHeader(Tcp, later, 6, more: false, (uint)id)))]
            : [Frame(flow, ToVip(flow, Tcp, first, id, fragment: 0x2000)), Frame(flow, ToVip(flow, Tcp, later, id, fragment: 6))];
    }

    private static byte[] Frame(int flow, byte[] packet)
    {
        byte[] frame = Ethernet((flow & 4) == 0 ? packet : Compose.Ipv4("192.168.137.1", "192.168.137.188", Gre, InGre(packet)));
        Mending.Mend(frame);
        return frame;
    }

    private static byte[] ToVip(int flow, int protocol, byte[] payload, int id = 1, int fragment = 0) => IsIpv6(flow)
        ? Compose.Ipv6(ClientOf(flow), VipOf(flow), protocol, payload)
        : Compose.Ipv4(ClientOf(flow), VipOf(flow), protocol, payload, id: id, fragment: fragment);

    // Of eight flows to a client two are of IPv6; half the others are by address.
    private static bool IsIpv6(int flow) => (flow & 3) == 3;

    private static string ClientOf(int flow) => IsIpv6(flow) ? $"2001:db8::{(flow / 8) + 1}" : $"10.0.0.{(flow / 8) + 1}";

    private static string VipOf(int flow) => (flow & 3) switch { 3 => ClientPackets.Web6, 2 => ClientPackets.Ranged, _ => ClientPackets.Web };

    private static int PortOf(int flow) => (flow & 3) == 2 ? 8080 : 80;
}
