using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.NetworkInformation;
using System.Runtime.InteropServices;
using System.Text;
using RustyRail.ControlPlane.Native;

namespace RustyRail.ControlPlane.NextHops;

using Attributes = Dictionary<int, ReadOnlyMemory<byte>>;

/// <summary>Turns rtnetlink messages into records. What is cut short or speaks of other things gives false, never an exception.</summary>
internal static class KernelMessages
{
    private const int EthernetAddressLength = 6;

    public static bool TryLink(NetlinkMessage message, [NotNullWhen(true)] out Link? link)
    {
        link = null;
        if (!message.TryRead(out ifinfomsg fixedPart, out Attributes attributes)) return false;
        if (!attributes.TryGetValue(RtnetlinkAbi.IFLA_IFNAME, out ReadOnlyMemory<byte> name)) return false;
        link = new Link(
            fixedPart.ifi_index,
            Encoding.UTF8.GetString(name.Span).TrimEnd('\0'),
            fixedPart.ifi_type == RtnetlinkAbi.ARPHRD_ETHER ? Mac(attributes, RtnetlinkAbi.IFLA_ADDRESS) : null,
            Number(attributes, RtnetlinkAbi.IFLA_MTU) ?? 0,
            (fixedPart.ifi_flags & RtnetlinkAbi.IFF_UP) != 0,
            (fixedPart.ifi_flags & RtnetlinkAbi.IFF_LOWER_UP) != 0)
        {
            Ipv6MtuBytes = Ipv6Mtu(attributes),
        };
        return true;
    }

    public static bool TryRoute(NetlinkMessage message, [NotNullWhen(true)] out Route? route)
    {
        route = null;
        if (message.Type != RtnetlinkAbi.RTM_NEWROUTE || !message.TryRead(out rtmsg fixedPart, out Attributes attributes)) return false;
        int? mtu = attributes.TryGetValue(RtnetlinkAbi.RTA_METRICS, out ReadOnlyMemory<byte> metrics)
            ? Number(NetlinkMessage.Attributes(metrics), RtnetlinkAbi.RTAX_MTU)
            : null;
        route = new Route(
            fixedPart.rtm_type,
            Number(attributes, RtnetlinkAbi.RTA_OIF) ?? 0,
            Address(attributes, RtnetlinkAbi.RTA_GATEWAY) ?? Via(attributes),
            Address(attributes, RtnetlinkAbi.RTA_PREFSRC),
            mtu);
        return true;
    }

    public static bool TryNeighbour(NetlinkMessage message, [NotNullWhen(true)] out Neighbour? neighbour)
    {
        neighbour = null;
        if (!message.TryRead(out ndmsg fixedPart, out Attributes attributes)) return false;
        if (fixedPart.ndm_family is not (Libc.AF_INET or Libc.AF_INET6)) return false;    // a bridge's
        if (Address(attributes, RtnetlinkAbi.NDA_DST) is not { } address) return false;
        neighbour = new Neighbour(
            fixedPart.ndm_ifindex,
            address,
            fixedPart.ndm_state,
            fixedPart.ndm_flags,
            ((Number(attributes, RtnetlinkAbi.NDA_FLAGS_EXT) ?? 0) & RtnetlinkAbi.NTF_EXT_MANAGED) != 0,
            attributes.TryGetValue(RtnetlinkAbi.NDA_PROTOCOL, out ReadOnlyMemory<byte> protocol) && protocol.Length == 1 ? protocol.Span[0] : (byte)0,
            Mac(attributes, RtnetlinkAbi.NDA_LLADDR));
        return true;
    }

    // IFLA_AF_SPEC holds one block per family; that of IPv6 an array of its settings (sysctl net.ipv6.conf).
    private static int? Ipv6Mtu(Attributes attributes)
    {
        const int At = RtnetlinkAbi.DEVCONF_MTU6 * sizeof(int);
        if (!attributes.TryGetValue(RtnetlinkAbi.IFLA_AF_SPEC, out ReadOnlyMemory<byte> families)) return null;
        if (!NetlinkMessage.Attributes(families).TryGetValue(Libc.AF_INET6, out ReadOnlyMemory<byte> family)) return null;
        if (!NetlinkMessage.Attributes(family).TryGetValue(RtnetlinkAbi.IFLA_INET6_CONF, out ReadOnlyMemory<byte> settings)) return null;
        return settings.Length >= At && MemoryMarshal.TryRead(settings.Span[At..], out int mtu) && mtu > 0 ? mtu : null;
    }

    private static int? Number(Attributes attributes, int type) =>
        attributes.TryGetValue(type, out ReadOnlyMemory<byte> value) && MemoryMarshal.TryRead(value.Span, out int number) ? number : null;

    private static IPAddress? Address(Attributes attributes, int type) =>
        attributes.TryGetValue(type, out ReadOnlyMemory<byte> value) && value.Length is 4 or 16 ? new IPAddress(value.Span) : null;

    // struct rtvia: the family, then the address. An IPv4 route may have an IPv6 gateway.
    private static IPAddress? Via(Attributes attributes) =>
        attributes.TryGetValue(RtnetlinkAbi.RTA_VIA, out ReadOnlyMemory<byte> value) && value.Length is 2 + 4 or 2 + 16 ? new IPAddress(value.Span[2..]) : null;

    private static PhysicalAddress? Mac(Attributes attributes, int type) =>
        attributes.TryGetValue(type, out ReadOnlyMemory<byte> value) && value.Length == EthernetAddressLength ? new PhysicalAddress(value.ToArray()) : null;
}
