using System.Numerics;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports.Tun;
using RustyRail.Dataplane.Ports.Xdp;

namespace RustyRail.Dataplane.Ports.AfXdp;

/// <summary>Opens a device step by step, or says in one line why it cannot be: the reasons of <c>--port auto</c> come from here.</summary>
internal static class AfXdpOpening
{
    private const int EthernetBytes = 14, VlanBytes = 4;

    /// <summary>The longest frame must fit into a chunk behind its headroom.</summary>
    public const int MaxMtuBytes = Umem.MaxFrameBytes - EthernetBytes - VlanBytes;

    public static AfXdpDevice Open(AfXdpOptions options)
    {
        if (!BitOperations.IsPow2(options.ReceiveFrames) || !BitOperations.IsPow2(options.TransmitFrames))
            throw new PortException($"{options.Device}: ring sizes must be powers of two, not {options.ReceiveFrames} and {options.TransmitFrames}");

        NetDevice device = NetDevice.Find(options.Device);
        XskSocket? socket = null;
        XdpAttachment? attachment = null;
        try
        {
            Check(device, options);
            socket = XskSocket.Open(options, device.Index, options.ForceCopy);
            attachment = XdpAttachment.Open(device, options.Vips, options.Queue, socket.Fd);
            if (attachment.Mode == XdpMode.Generic && socket.ZeroCopy)
            {
                // Zero-copy gets its frames from the driver's own XDP only.
                socket.Dispose();
                socket = XskSocket.Open(options, device.Index, forceCopy: true);
                attachment.Program.SetSocket(options.Queue, socket.Fd);
            }

            (HostEntry? host, string? why) = OpenHostPath(device, options);
            return new AfXdpDevice(device, socket, attachment, host, why, options);
        }
        catch (Exception e)
        {
            string? reason = e is NativeException native ? Explain(native, device, options) : null;
            if (attachment is { TookOver: false }) attachment.Detach();
            socket?.Dispose();
            attachment?.Dispose();
            device.Dispose();
            if (reason is null) throw;
            throw new PortException(reason, e);
        }
    }

    private static void Check(NetDevice device, AfXdpOptions options)
    {
        if (!device.IsEthernet) throw new PortException($"{device.Name}: not an Ethernet device");
        if (!device.IsUp) throw new PortException($"{device.Name}: the device is down; bring it up with: ip link set {device.Name} up");
        if (options.Queue is < 0 or >= SteeringProgram.MaxQueues)
            throw new PortException($"{device.Name}: queue {options.Queue} is not in 0-{SteeringProgram.MaxQueues - 1}");
        int mtu = device.MtuBytes;
        if (mtu > MaxMtuBytes) throw new PortException($"{device.Name}: MTU {mtu} is too large for AF_XDP without multi-buffer: at most {MaxMtuBytes}");
    }

    // The balancer works without it: the program keeps the host's own traffic in the kernel.
    private static (HostEntry? Host, string? Why) OpenHostPath(NetDevice device, AfXdpOptions options)
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

    private static string Explain(NativeException e, NetDevice device, AfXdpOptions options)
    {
        bool isBind = e.Call.StartsWith("bind(", StringComparison.Ordinal);
        string reason = e.Errno switch
        {
            Errno.EPERM or Errno.EACCES => $"no permission for {e.Call}: run as root, or with CAP_NET_ADMIN, CAP_NET_RAW, CAP_BPF, and CAP_SYS_ADMIN to take over a program",
            Errno.EAFNOSUPPORT => "this kernel has no AF_XDP (CONFIG_XDP_SOCKETS)",
            Errno.ENOSYS => "this kernel has no BPF system call",
            Errno.EBUSY when isBind => $"queue {options.Queue} is in use by another AF_XDP socket",
            Errno.EINVAL when isBind => $"there is no queue {options.Queue}: the device has {device.ReadReceiveQueues()}",
            Errno.ENOBUFS or Errno.ENOMEM => $"not enough (lockable) memory for {e.Call}: {options.FrameCount} frames of {Umem.ChunkBytes} bytes",
            _ => e.Message,
        };
        return $"{device.Name}: {reason}";
    }
}
