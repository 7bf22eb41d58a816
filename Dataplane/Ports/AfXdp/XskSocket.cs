using RustyRail.Dataplane.Native;
using static RustyRail.Dataplane.Native.XdpAbi;

namespace RustyRail.Dataplane.Ports.AfXdp;

/// <summary>An AF_XDP socket bound to one queue: descriptor, frame memory and four mapped rings. The packet path is in <see cref="XskQueue"/>.</summary>
internal sealed unsafe class XskSocket : IDisposable
{
    /// <summary>Some batches of the worker.</summary>
    private const uint FramesPerCall = 256;

    private readonly SafeFd _fd;
    private readonly MappedRegion[] _mappings = new MappedRegion[4];
    private xdp_mmap_offsets _offsets;

    private XskSocket(SafeFd fd, Umem umem)
    {
        _fd = fd;
        Umem = umem;
    }

    public int Fd => _fd.Number;

    public Umem Umem { get; }

    public bool ZeroCopy { get; private set; }

    public XskRing Fill { get; private set; }

    public XskRing Completion { get; private set; }

    public XskRing Receive { get; private set; }

    public XskRing Transmit { get; private set; }

    public static XskSocket Open(AfXdpOptions options, NetDevice device, int chunkBytes, bool forceCopy)
    {
        SafeFd fd = SafeFd.Take(Libc.socket(Libc.AF_XDP, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, 0), "socket(AF_XDP)");
        XskSocket? socket = null;
        try
        {
            socket = new XskSocket(fd, new Umem(options.FrameCount, chunkBytes));
            socket.MakeRings((uint)options.ReceiveFrames, (uint)options.TransmitFrames);
            socket.Bind(options, device.Index, forceCopy);
            return socket;
        }
        catch
        {
            if (socket is null) fd.Dispose();
            socket?.Dispose();
            throw;
        }
    }

    public XskStatistics ReadStatistics()
    {
        xdp_statistics counters = default;
        uint length = (uint)sizeof(xdp_statistics);
        if (Libc.getsockopt(Fd, SOL_XDP, XDP_STATISTICS, &counters, &length) < 0) throw NativeException.Last("getsockopt(XDP_STATISTICS)");
        return new XskStatistics(
            counters.rx_dropped, counters.rx_ring_full, counters.rx_fill_ring_empty_descs, counters.rx_invalid_descs + counters.tx_invalid_descs);
    }

    public void Dispose()
    {
        // The socket first: the kernel holds on to the memory until it is gone.
        _fd.Dispose();
        foreach (MappedRegion? mapping in _mappings) mapping?.Dispose();
        Umem.Dispose();
    }

    private void MakeRings(uint receiveFrames, uint transmitFrames)
    {
        Umem.Register(_fd);
        SetSize(XDP_UMEM_FILL_RING, receiveFrames, nameof(XDP_UMEM_FILL_RING));
        SetSize(XDP_UMEM_COMPLETION_RING, transmitFrames, nameof(XDP_UMEM_COMPLETION_RING));
        SetSize(XDP_RX_RING, receiveFrames, nameof(XDP_RX_RING));
        SetSize(XDP_TX_RING, transmitFrames, nameof(XDP_TX_RING));
        // In copy mode a call sends 32 frames if not told otherwise. Kernels before 6.17 cannot be told.
        uint framesPerCall = Math.Min(transmitFrames, FramesPerCall);
        _ = Libc.setsockopt(Fd, SOL_XDP, XskBudgetAbi.XDP_MAX_TX_SKB_BUDGET, &framesPerCall, sizeof(uint));

        fixed (xdp_mmap_offsets* offsets = &_offsets)
        {
            uint length = (uint)sizeof(xdp_mmap_offsets);
            if (Libc.getsockopt(Fd, SOL_XDP, XDP_MMAP_OFFSETS, offsets, &length) < 0) throw NativeException.Last("getsockopt(XDP_MMAP_OFFSETS)");
        }

        Fill = Map(0, _offsets.fr, receiveFrames, sizeof(ulong), XDP_UMEM_PGOFF_FILL_RING);
        Completion = Map(1, _offsets.cr, transmitFrames, sizeof(ulong), XDP_UMEM_PGOFF_COMPLETION_RING);
        Receive = Map(2, _offsets.rx, receiveFrames, sizeof(xdp_desc), XDP_PGOFF_RX_RING);
        Transmit = Map(3, _offsets.tx, transmitFrames, sizeof(xdp_desc), XDP_PGOFF_TX_RING);
    }

    private void SetSize(int ring, uint entries, string name)
    {
        if (Libc.setsockopt(Fd, SOL_XDP, ring, &entries, sizeof(uint)) < 0) throw NativeException.Last($"setsockopt({name}, {entries})");
    }

    private XskRing Map(int index, in xdp_ring_offset offset, uint entries, int entryBytes, long pageOffset)
    {
        _mappings[index] = MappedRegion.Map(_fd, (nuint)(offset.desc + ((ulong)entries * (uint)entryBytes)), pageOffset, "an AF_XDP ring");
        return new XskRing(_mappings[index].Pointer, offset, entries);
    }

    // Without a wish for copy or zero-copy the kernel takes zero-copy where the driver has it. A predecessor that was killed may hold the
    // queue for a moment after its process is gone: its socket is taken apart in the background.
    private void Bind(AfXdpOptions options, int linkIndex, bool forceCopy)
    {
        sockaddr_xdp address = new()
        {
            sxdp_family = Libc.AF_XDP,
            sxdp_flags = (ushort)(XDP_USE_NEED_WAKEUP | (forceCopy ? XDP_COPY : 0)),
            sxdp_ifindex = (uint)linkIndex,
            sxdp_queue_id = (uint)options.Queue,
        };
        long deadline = Environment.TickCount64 + (long)options.BindPatience.TotalMilliseconds;
        for (int pauseMilliseconds = 1; Libc.bind(Fd, &address, (uint)sizeof(sockaddr_xdp)) < 0; pauseMilliseconds = Math.Min(2 * pauseMilliseconds, 100))
        {
            NativeException failure = NativeException.Last($"bind(AF_XDP, {options.Device} queue {options.Queue})");
            if (failure.Errno != Errno.EBUSY || Environment.TickCount64 >= deadline) throw failure;
            _ = Libc.poll(null, 0, pauseMilliseconds);
        }

        uint xdpOptions = 0, length = sizeof(uint);
        ZeroCopy = Libc.getsockopt(Fd, SOL_XDP, XDP_OPTIONS, &xdpOptions, &length) == 0 && (xdpOptions & XDP_OPTIONS_ZEROCOPY) != 0;
    }
}
