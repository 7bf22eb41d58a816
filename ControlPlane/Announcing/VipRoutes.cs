using System.Net;
using System.Net.Sockets;
using RustyRail.ControlPlane.Native;
using RustyRail.ControlPlane.NextHops;

namespace RustyRail.ControlPlane.Announcing;

/// <summary>
/// Our routes in the kernel's main table, known by their protocol number. They lead to the device that the dataplane holds, so that they are gone with it;
/// a routing daemon tells the routers of them.
/// </summary>
internal sealed class VipRoutes(RtnetlinkSocket socket) : IDisposable
{
    /// <summary>As of our neighbours: the number that <c>ip route show proto 82</c> asks for.</summary>
    public const byte OurProtocol = NeighbourCare.OurProtocol;

    public static VipRoutes Open() => new(RtnetlinkSocket.Open());

    /// <summary>The device's index, 0 if there is none of that name.</summary>
    public int IndexOf(string device)
    {
        foreach (NetlinkMessage message in socket.Ask(NetlinkRequest.Create(RtnetlinkAbi.RTM_GETLINK, RtnetlinkAbi.NLM_F_DUMP, default(ifinfomsg), "RTM_GETLINK")))
        {
            if (KernelMessages.TryLink(message, out Link? link) && link.Name == device) return link.Index;
        }

        return 0;
    }

    /// <param name="device">Our device: routes with this number elsewhere are another instance's.</param>
    public List<VipRoute> Present(int device)
    {
        rtmsg any = default;
        List<VipRoute> routes = [];
        foreach (NetlinkMessage message in socket.Ask(NetlinkRequest.Create(RtnetlinkAbi.RTM_GETROUTE, RtnetlinkAbi.NLM_F_DUMP, any, "RTM_GETROUTE")))
        {
            if (!message.TryRead(out rtmsg route, out Dictionary<int, ReadOnlyMemory<byte>> attributes)) continue;
            if (route.rtm_protocol != OurProtocol || route.rtm_table != RtnetlinkAbi.RT_TABLE_MAIN) continue;
            if (!attributes.TryGetValue(RtnetlinkAbi.RTA_DST, out ReadOnlyMemory<byte> vip) || !attributes.TryGetValue(RtnetlinkAbi.RTA_OIF, out ReadOnlyMemory<byte> leavesBy)) continue;
            if (BitConverter.ToInt32(leavesBy.Span) == device) routes.Add(new VipRoute(new IPNetwork(new IPAddress(vip.Span), route.rtm_dst_len), device));
        }

        return routes;
    }

    /// <summary>False, and the kernel's words, when it takes none such (a host without IPv6).</summary>
    public bool TryAdd(VipRoute route, out string refusal)
    {
        refusal = "";
        try
        {
            socket.Ask(Request(RtnetlinkAbi.RTM_NEWROUTE, RtnetlinkAbi.NLM_F_CREATE | RtnetlinkAbi.NLM_F_REPLACE, route));
            return true;
        }
        catch (RtnetlinkException refused)
        {
            refusal = refused.Message;
            return false;
        }
    }

    /// <summary>A route that is gone already, with its device, is as good.</summary>
    public void Remove(VipRoute route)
    {
        try
        {
            socket.Ask(Request(RtnetlinkAbi.RTM_DELROUTE, 0, route));
        }
        catch (RtnetlinkException gone) when (gone.Errno is Libc.ESRCH or Libc.ENODEV)
        {
        }
    }

    public void Dispose() => socket.Dispose();

    private static NetlinkRequest Request(ushort type, int flags, VipRoute route)
    {
        IPAddress address = route.Vip.BaseAddress;
        rtmsg message = new()
        {
            rtm_family = (byte)(address.AddressFamily == AddressFamily.InterNetwork ? Libc.AF_INET : Libc.AF_INET6),
            rtm_dst_len = (byte)route.Vip.PrefixLength,
            rtm_table = RtnetlinkAbi.RT_TABLE_MAIN,
            rtm_protocol = OurProtocol,
            rtm_scope = RtnetlinkAbi.RT_SCOPE_LINK,
            rtm_type = RtnetlinkAbi.RTN_UNICAST,
        };
        return NetlinkRequest
            .Create(type, RtnetlinkAbi.NLM_F_ACK | flags, message, $"{(type == RtnetlinkAbi.RTM_NEWROUTE ? "RTM_NEWROUTE" : "RTM_DELROUTE")} {route.Vip}")
            .With(RtnetlinkAbi.RTA_DST, address.GetAddressBytes())
            .With(RtnetlinkAbi.RTA_OIF, BitConverter.GetBytes(route.Device));
    }
}
