using RustyRail.Dataplane.Native;
using static RustyRail.Dataplane.Native.NetmapAbi;

namespace RustyRail.Dataplane.Ports.Netmap;

/// <summary>Opens a port step by step, or says in one line why it cannot be: the reasons of <c>--port auto</c> come from here.</summary>
internal static unsafe class NetmapOpening
{
    private const int EthernetBytes = 14, VlanBytes = 4, RetryMilliseconds = 20;
    private const int MaxRing = 4094;

    public static NetmapDevice Open(NetmapOptions options)
    {
        if (!File.Exists(DevicePath)) throw new PortException($"{options.Port}: there is no {DevicePath} (the netmap module is not loaded)");
        NetDevice? device = options.IsVirtual ? null : NetDevice.Find(options.Port);
        NetmapBinding? binding = null, host = null;
        MappedRegion? memory = null;
        try
        {
            if (device is not null) Check(device);
            if (options.Ring is < 0 or > MaxRing) throw new PortException($"{options.Port}: ring {options.Ring} is not in 0-{MaxRing}");
            binding = Bind(Request(options), options.BindPatience);
            if (HostRequest(options, binding.MemoryId) is { } request) host = Bind(request, options.BindPatience);
            memory = binding.Map();
            if (binding.NeedsAlignment(memory))
            {
                memory.Dispose();
                host?.Dispose();
                binding.Dispose();
                return Open(options with { HeadroomBytes = 0 });
            }

            NetmapDevice opened = new(options, device, binding, host, memory);
            if (device is not null) CheckFit(device, opened);
            return opened;
        }
        catch (Exception e)
        {
            string? reason = e is NativeException native ? $"{options.Port}: {Explain(native, options)}" : null;
            memory?.Dispose();
            host?.Dispose();
            binding?.Dispose();
            device?.Dispose();
            if (reason is null) throw;
            throw new PortException(reason, e);
        }
    }

    // Offsets only towards a device. Who has a pipe's other end may know nothing of them, and gets the slots as they are; VALE keeps a frame's
    // place within 64 bytes and tells only a receiver that asked.
    private static NetmapRequest Request(NetmapOptions options) => new(
        options.Port,
        options.Ring is null ? NR_REG_ALL_NIC : NR_REG_ONE_NIC,
        (ushort)(options.Ring ?? 0),
        options.MemoryId,
        options.IsVirtual ? 0 : options.HeadroomBytes,
        options.AwayFrames);

    // The worker of the first ring serves the host too.
    private static NetmapRequest? HostRequest(NetmapOptions options, ushort memory)
    {
        if (options.HostPort is not null) return new NetmapRequest(options.HostPort, NR_REG_ALL_NIC, 0, memory, 0);
        if (options.IsVirtual || options.Ring > 0) return null;
        return new NetmapRequest(options.Port, NR_REG_SW, 0, memory, options.HeadroomBytes);
    }

    private static NetmapBinding Bind(NetmapRequest request, TimeSpan patience)
    {
        long deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        while (true)
        {
            try
            {
                return NetmapBinding.Open(request);
            }
            catch (NativeException e) when (e.Errno == Errno.EBUSY && Environment.TickCount64 < deadline)
            {
                _ = Libc.poll(null, 0, RetryMilliseconds);
            }
        }
    }

    private static void Check(NetDevice device)
    {
        if (!device.IsEthernet) throw new PortException($"{device.Name}: not an Ethernet device");
        if (!device.IsUp) throw new PortException($"{device.Name}: the device is down; bring it up with: ip link set {device.Name} up");
    }

    private static void CheckFit(NetDevice device, NetmapDevice opened)
    {
        int room = opened.Queue.BufferBytes - opened.HeadroomBytes, mtu = device.MtuBytes;
        if (mtu + EthernetBytes + VlanBytes <= room) return;
        throw new PortException($"{device.Name}: MTU {mtu} is too large for netmap's buffers of {opened.Queue.BufferBytes} bytes: at most {room - EthernetBytes - VlanBytes}");
    }

    private static string Explain(NativeException e, NetmapOptions options) => e.Errno switch
    {
        Errno.EPERM or Errno.EACCES => $"no permission for {e.Call}: run as root",
        Errno.EBUSY => "its rings are in use by another netmap program",
        Errno.ENXIO when options.IsVirtual => $"netmap knows no port of this name ({e.Call})",
        Errno.ENXIO or Errno.EOPNOTSUPP => $"netmap cannot take this device ({e.Message})",
        Errno.EINVAL when options.Ring is not null => $"there is no ring {options.Ring}, or netmap cannot take this device",
        Errno.EINVAL => "netmap cannot take this device (EINVAL): another API version, or an MTU above its buffers",
        Errno.ENOMEM => "netmap has no memory left for this port: see its parameters ring_num, buf_num",
        _ => e.Message,
    };
}
