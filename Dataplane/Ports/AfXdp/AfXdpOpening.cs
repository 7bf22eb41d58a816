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
    public static readonly int MaxMtuBytes = MaxMtuBytesOf(Umem.LargeChunkBytes);

    /// <summary>The largest MTU with which every frame fits into such a chunk.</summary>
    public static int MaxMtuBytesOf(int chunkBytes) => Umem.MaxFrameBytesOf(chunkBytes) - EthernetBytes - VlanBytes;

    public static AfXdpDevice Open(AfXdpOptions options)
    {
        if (!BitOperations.IsPow2(options.ReceiveFrames) || !BitOperations.IsPow2(options.TransmitFrames))
            throw new PortException($"{options.Device}: ring sizes must be powers of two, not {options.ReceiveFrames} and {options.TransmitFrames}");

        NetDevice device = NetDevice.Find(options.Device);
        XskSocket[] sockets = [];
        XdpAttachment? attachment = null;
        try
        {
            Check(device, options);
            sockets = OpenSockets(device, options, options.ForceCopy);
            attachment = XdpAttachment.Open(device, options.Vips, options.Queue, sockets[0].Fd);
            if (attachment.Mode == XdpMode.Generic && Array.Exists(sockets, socket => socket.ZeroCopy))
            {
                // Zero-copy gets its frames from the driver's own XDP only.
                Close(sockets);
                sockets = OpenSockets(device, options, forceCopy: true);
                attachment.Program.SetSocket(options.Queue, sockets[0].Fd);
            }

            for (int i = 1; i < sockets.Length; i++) attachment.Program.SetSocket(options.Queue + i, sockets[i].Fd);
            (HostEntry? host, string? why) = OpenHostPath(device, options);
            return new AfXdpDevice(device, sockets, attachment, host, why, options);
        }
        catch (Exception e)
        {
            string? reason = e is NativeException native ? Explain(native, device, options) : null;
            if (attachment is { TookOver: false }) attachment.Detach();
            Close(sockets);
            attachment?.Dispose();
            device.Dispose();
            if (reason is null) throw;
            throw new PortException(reason, e);
        }
    }

    private static XskSocket[] OpenSockets(NetDevice device, AfXdpOptions options, bool forceCopy)
    {
        XskSocket[] sockets = new XskSocket[QueuesOf(device, options)];
        try
        {
            int chunkBytes = ChunkBytesFor(device.MtuBytes);
            for (int i = 0; i < sockets.Length; i++) sockets[i] = XskSocket.Open(options.ForQueue(i, sockets.Length), device, chunkBytes, forceCopy);
            return sockets;
        }
        catch
        {
            Close(sockets);
            throw;
        }
    }

    private static int QueuesOf(NetDevice device, AfXdpOptions options) => options.Queues ?? Math.Max(1, device.ReadReceiveQueues() - options.Queue);

    private static int ChunkBytesFor(int mtu) => mtu <= MaxMtuBytesOf(Umem.SmallChunkBytes) ? Umem.SmallChunkBytes : Umem.LargeChunkBytes;

    private static void Close(XskSocket?[] sockets)
    {
        foreach (XskSocket? socket in sockets) socket?.Dispose();
    }

    private static void Check(NetDevice device, AfXdpOptions options)
    {
        if (!device.IsEthernet) throw new PortException($"{device.Name}: not an Ethernet device");
        if (!device.IsUp) throw new PortException($"{device.Name}: the device is down; bring it up with: ip link set {device.Name} up");
        if (options.Queue is < 0 or >= SteeringProgram.MaxQueues)
            throw new PortException($"{device.Name}: queue {options.Queue} is not in 0-{SteeringProgram.MaxQueues - 1}");
        int queues = options.Queues ?? 1, last = options.Queue + queues - 1;
        if (queues > 1 && last >= Math.Min(device.ReadReceiveQueues(), SteeringProgram.MaxQueues))
        {
            throw new PortException($"{device.Name}: queues {options.Queue}-{last} are asked for, one for each worker; the device has {device.ReadReceiveQueues()}: "
                + $"fewer workers, or ethtool -L {device.Name} combined {last + 1}, or --steering steer");
        }

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

    // The failed call names it.
    private static string QueueIn(NativeException e, AfXdpOptions options)
    {
        int at = e.Call.IndexOf("queue ", StringComparison.Ordinal);
        return at < 0 ? $"queue {options.Queue}" : e.Call[at..].TrimEnd(')');
    }

    private static string Explain(NativeException e, NetDevice device, AfXdpOptions options)
    {
        bool isBind = e.Call.StartsWith("bind(", StringComparison.Ordinal);
        string reason = e.Errno switch
        {
            Errno.EPERM or Errno.EACCES => $"no permission for {e.Call}: run as root, or with CAP_NET_ADMIN, CAP_NET_RAW, CAP_BPF, and CAP_SYS_ADMIN to take over a program",
            Errno.EAFNOSUPPORT => "this kernel has no AF_XDP (CONFIG_XDP_SOCKETS)",
            Errno.ENOSYS => "this kernel has no BPF system call",
            Errno.EBUSY when isBind => $"{QueueIn(e, options)} is in use by another AF_XDP socket",
            Errno.EINVAL when isBind => $"there is no {QueueIn(e, options)}: the device has {device.ReadReceiveQueues()}",
            Errno.ENOBUFS or Errno.ENOMEM => $"not enough (lockable) memory for {e.Call}: {options.ForQueue(0, QueuesOf(device, options)).FrameCount} frames of {ChunkBytesFor(device.MtuBytes)} bytes",
            _ => e.Message,
        };
        return $"{device.Name}: {reason}";
    }
}
