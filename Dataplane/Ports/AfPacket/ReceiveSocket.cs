using RustyRail.Dataplane.Native;
using static RustyRail.Dataplane.Native.PacketAbi;

namespace RustyRail.Dataplane.Ports.AfPacket;

/// <summary>
/// A socket that gets a copy of every frame that its device receives, in a mapped ring. TPACKET_V2: a frame is there as soon as it is
/// copied; V3 hands over blocks, by a timer of at least 1 ms (measured: docs/decisions). A socket of its own for each worker.
/// </summary>
internal sealed unsafe class ReceiveSocket : IDisposable
{
    private readonly SafeFd _fd;
    private readonly MappedRegion _ring;
    private ulong _dropped;

    private ReceiveSocket(SafeFd fd, MappedRegion ring, FrameLayout layout)
    {
        _fd = fd;
        _ring = ring;
        Layout = layout;
    }

    public FrameLayout Layout { get; }

    public int Fd => _fd.Number;

    public byte* Ring => _ring.Pointer;

    public static ReceiveSocket Open(NetDevice device, FrameLayout layout)
    {
        // Without a protocol nothing arrives until everything is ready.
        SafeFd fd = SafeFd.Take(Libc.socket(Libc.AF_PACKET, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, 0), "socket(AF_PACKET)");
        MappedRegion? ring = null;
        try
        {
            Set(fd, PACKET_VERSION, TPACKET_V2, nameof(PACKET_VERSION));
            Set(fd, PACKET_IGNORE_OUTGOING, 1, nameof(PACKET_IGNORE_OUTGOING));
            Set(fd, PACKET_RESERVE, FrameLayout.ReserveBytes, nameof(PACKET_RESERVE));
            // Before each frame what the kernel left undone: which checksum is to be filled in, whether segments are merged.
            Set(fd, PACKET_VNET_HDR, 1, nameof(PACKET_VNET_HDR));
            tpacket_req request = layout.Request();
            if (Libc.setsockopt(fd.Number, SOL_PACKET, PACKET_RX_RING, &request, (uint)sizeof(tpacket_req)) < 0)
                throw NativeException.Last($"setsockopt(PACKET_RX_RING, {layout.Slots} frames of {layout.SlotBytes} bytes)");
            ring = MappedRegion.Map(fd, (nuint)layout.Slots * (nuint)layout.SlotBytes, 0, "an AF_PACKET ring");
            Bind(fd, device, ETH_P_ALL);
            return new ReceiveSocket(fd, ring, layout);
        }
        catch
        {
            ring?.Dispose();
            fd.Dispose();
            throw;
        }
    }

    public static void Bind(SafeFd fd, NetDevice device, ushort protocol)
    {
        sockaddr_ll address = new()
        {
            sll_family = Libc.AF_PACKET, sll_protocol = (ushort)((protocol << 8) | (protocol >> 8)), sll_ifindex = device.Index,
        };
        if (Libc.bind(fd.Number, &address, (uint)sizeof(sockaddr_ll)) < 0) throw NativeException.Last($"bind(AF_PACKET, {device.Name})");
    }

    public static void Set(SafeFd fd, int option, int value, string name)
    {
        if (Libc.setsockopt(fd.Number, SOL_PACKET, option, &value, sizeof(int)) < 0) throw NativeException.Last($"setsockopt({name})");
    }

    /// <summary>Takes the pending error away, which poll would report again and again. False: the device is gone, which is for ever.</summary>
    public bool CheckBound()
    {
        int error = 0;
        uint length = sizeof(int);
        _ = Libc.getsockopt(Fd, Libc.SOL_SOCKET, Libc.SO_ERROR, &error, &length);
        sockaddr_ll address = default;
        length = (uint)sizeof(sockaddr_ll);
        // The kernel unbinds from a device that goes away or to another namespace; from one that is down it does not.
        return Libc.getsockname(Fd, &address, &length) == 0 && address.sll_ifindex > 0;
    }

    /// <summary>Frames for which the ring had no slot, since the opening. One thread at a time: the kernel counts from the last question.</summary>
    public ulong ReadDropped()
    {
        tpacket_stats counters = default;
        uint length = (uint)sizeof(tpacket_stats);
        if (Libc.getsockopt(Fd, SOL_PACKET, PACKET_STATISTICS, &counters, &length) == 0) _dropped += counters.tp_drops;
        return _dropped;
    }

    public void Dispose()
    {
        _fd.Dispose();
        _ring.Dispose();
    }
}
