using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports.Tc;
using RustyRail.Dataplane.Ports.Tun;
using RustyRail.Dataplane.Ports.Xdp;

namespace RustyRail.Dataplane.Ports.AfPacket;

/// <summary>Opens a device step by step, or says in one line why it cannot be: the reasons of <c>--port auto</c> come from here.</summary>
internal static class AfPacketOpening
{
    public static AfPacketDevice Open(AfPacketOptions options) => Open(options, IngressHook.AllOf);

    /// <param name="hooks">Where the host's filter may be attached, for a device's index.</param>
    public static AfPacketDevice Open(AfPacketOptions options, Func<int, IngressHook[]> hooks)
    {
        NetDevice device = NetDevice.Find(options.Device);
        ReceiveSocket? receive = null;
        TransmitSocket? transmit = null;
        HostFilter? filter = null;
        try
        {
            if (!device.IsEthernet) throw new PortException($"{device.Name}: not an Ethernet device");
            if (!device.IsUp) throw new PortException($"{device.Name}: the device is down; bring it up with: ip link set {device.Name} up");
            receive = ReceiveSocket.Open(device, FrameLayout.For(device.MtuBytes, options.ReceiveFrames));
            transmit = TransmitSocket.Open(device, options.TransmitBytes);
            DetachXdp(device);
            (filter, string? whyNoFilter) = OpenFilter(device, options, hooks);
            return new AfPacketDevice(device, new AfPacketQueue(receive, transmit, options.WakeFd), (filter, whyNoFilter), OpenHostPath(device, options));
        }
        catch (Exception e)
        {
            if (filter is { TookOver: false }) filter.Detach();
            filter?.Dispose();
            transmit?.Dispose();
            receive?.Dispose();
            device.Dispose();
            if (e is not NativeException native) throw;
            throw new PortException($"{options.Device}: {Explain(native)}", e);
        }
    }

    // A process of before that used AF_XDP and was killed: its program would take or drop the VIPs' frames before they come here.
    private static void DetachXdp(NetDevice device)
    {
        XdpState state = XdpLink.Query(device.Index);
        if (state.ProgramId == 0) return;
        using BpfProgram found = BpfProgram.OpenById(state.ProgramId);
        if (found.Describe().Name.StartsWith(SteeringProgram.NamePrefix, StringComparison.Ordinal)) _ = XdpLink.Detach(device.Index, found.Fd, state.Mode);
    }

    // Balancing works without it; only the host then sees what it should not.
    private static (HostFilter? Filter, string? Why) OpenFilter(NetDevice device, AfPacketOptions options, Func<int, IngressHook[]> hooks)
    {
        try
        {
            return (HostFilter.Open(device, options.Vips, hooks(device.Index)), null);
        }
        catch (Exception e) when (e is NativeException or PortException)
        {
            return (null, e.Message.Replace($"{device.Name}: ", "", StringComparison.Ordinal));
        }
    }

    private static (HostEntry? Host, string? Why) OpenHostPath(NetDevice device, AfPacketOptions options)
    {
        if (!options.HostPath) return (null, "not asked for");
        try
        {
            return (HostEntry.Open(HostEntry.NameFor(device.Index), options.BindPatience), null);
        }
        catch (Exception e) when (e is NativeException or PortException)
        {
            return (null, e.Message);
        }
    }

    private static string Explain(NativeException e) => e.Errno switch
    {
        Errno.EPERM or Errno.EACCES => $"no permission for {e.Call}: run as root, or with CAP_NET_RAW and CAP_NET_ADMIN, and CAP_BPF and CAP_SYS_ADMIN for the host's filter",
        Errno.EAFNOSUPPORT => "this kernel has no AF_PACKET (CONFIG_PACKET)",
        Errno.ENOPROTOOPT => $"this kernel is too old (4.20 is needed): {e.Call}",
        Errno.ENOMEM => $"not enough memory for {e.Call}",
        _ => e.Message,
    };
}
