using System.Text;
using RustyRail.Dataplane.Native;
using static RustyRail.Dataplane.Native.NetmapAbi;

namespace RustyRail.Dataplane.Ports.Netmap;

/// <summary>What a descriptor asks for: which rings of which port, in which memory.</summary>
/// <param name="SpareBuffers">In no ring, for the program to use as it likes.</param>
internal readonly record struct NetmapRequest(string Port, uint Mode, ushort Ring, ushort MemoryId, int HeadroomBytes, int SpareBuffers = 0);

/// <summary>
/// One descriptor bound to some rings of a port. The rings themselves are found through a mapping, and one mapping serves every binding of
/// the same memory. Disposing gives the rings back; a mapping made through this descriptor keeps it bound until it is gone too.
/// </summary>
internal sealed unsafe class NetmapBinding : IDisposable
{
    /// <summary>What the kernel leaves of each buffer behind the farthest offset must hold a frame: asked for no more than is used.</summary>
    private const int MaxOffsetBytes = 256;

    /// <summary>64 bytes of headroom less 24 of outer IPv4 and GRE headers.</summary>
    private const int EncapsulationAlignment = 8;

    private readonly SafeFd _fd;
    private readonly nmreq_register _bound;

    private NetmapBinding(string port, SafeFd fd, nmreq_register bound, int initialOffset)
    {
        Port = port;
        _fd = fd;
        _bound = bound;
        InitialOffset = initialOffset;
    }

    public string Port { get; }

    public int Fd => _fd.Number;

    public ushort MemoryId => _bound.nr_mem_id;

    /// <summary>Where received frames begin; 0 where the module does not take offsets.</summary>
    public int InitialOffset { get; }

    public static NetmapBinding Open(NetmapRequest request)
    {
        NetmapBinding? withHeadroom = request.HeadroomBytes > 0 ? TryOpen(request, request.HeadroomBytes, out _) : null;
        if (withHeadroom is not null) return withHeadroom;
        return TryOpen(request, 0, out int errno) ?? throw new NativeException($"NIOCCTRL(REGISTER, {request.Port})", errno);
    }

    public MappedRegion Map() => MappedRegion.MapLazily(_fd, (nuint)_bound.nr_memsize, $"netmap memory {MemoryId}");

    /// <summary>Rings bound to this descriptor, those of a device before those of its host; <paramref name="memory"/> maps <see cref="MemoryId"/>.</summary>
    public (NetmapRing[] Receive, NetmapRing[] Transmit) Rings(MappedRegion memory)
    {
        netmap_if* port = PortIn(memory);
        // Counts of netmap_if: the request comes back without the host rings that VALE ports and pipes have entries for.
        int transmit = (int)(port->ni_tx_rings + port->ni_host_tx_rings), receive = (int)(port->ni_rx_rings + port->ni_host_rx_rings);
        return (Bound(port, transmit, receive), Bound(port, 0, transmit));
    }

    /// <summary>Ring pairs that the port has, bound here or not.</summary>
    public int PortRings(MappedRegion memory) => (int)Math.Min(PortIn(memory)->ni_rx_rings, PortIn(memory)->ni_tx_rings);

    /// <summary>
    /// The spare buffers that were asked for, as far as there were any; null if none were. They come as a list through their first words, which frames will
    /// overwrite, so the kernel is told of none; <see cref="ReturnSpares"/> makes the list anew. Those of a program that is killed are free when its memory's last user is gone.
    /// </summary>
    public DetachedFrames? TakeSpares(MappedRegion memory)
    {
        if (_bound.nr_extra_bufs == 0) return null;
        NetmapRing any = Rings(memory).Receive[0];
        List<uint> buffers = [];
        for (uint next = PortIn(memory)->ni_bufs_head; next >= FirstBuffer && buffers.Count < _bound.nr_extra_bufs; next = *(uint*)any.Buffer(next)) buffers.Add(next);
        PortIn(memory)->ni_bufs_head = 0;
        return new DetachedFrames(new SpareBuffers([.. buffers]));
    }

    public void ReturnSpares(MappedRegion memory, SpareBuffers spares)
    {
        NetmapRing any = Rings(memory).Receive[0];
        uint head = 0;
        foreach (uint buffer in spares.Free)
        {
            *(uint*)any.Buffer(buffer) = head;
            head = buffer;
        }

        PortIn(memory)->ni_bufs_head = head;
    }

    /// <summary>Some devices send only from certain places in a buffer; frames in front of which headers were put begin elsewhere.</summary>
    public bool NeedsAlignment(MappedRegion memory)
    {
        if (InitialOffset == 0) return false;
        foreach (NetmapRing ring in Rings(memory).Transmit)
        {
            if (ring.Mapped->buf_align > EncapsulationAlignment) return true;
        }

        return false;
    }

    /// <summary>Lets the kernel see all bound receive rings. Never blocks while the device is up; false when the device has left.</summary>
    public bool SyncReceive() => Libc.ioctl(_fd.Number, NIOCRXSYNC, null) == 0;

    public bool SyncTransmit() => Libc.ioctl(_fd.Number, NIOCTXSYNC, null) == 0;

    public void Dispose() => _fd.Dispose();

    /// <summary>Asks for more buffers than there are, gets those that nobody has, and gives them back.</summary>
    public static uint CountFreeBuffers(ushort memoryId, uint more)
    {
        using SafeFd fd = SafeFd.Take(Libc.open(DevicePath, Libc.O_RDWR | Libc.O_CLOEXEC, 0), $"open {DevicePath}");
        nmreq_register body = new() { nr_mode = NR_REG_NULL, nr_mem_id = memoryId, nr_extra_bufs = more };
        nmreq_header header = new() { nr_version = NETMAP_API, nr_reqtype = NETMAP_REQ_REGISTER, nr_body = (ulong)&body };
        if (Libc.ioctl(fd.Number, NIOCCTRL, &header) != 0) throw NativeException.Last("NIOCCTRL(REGISTER, no port)");
        return body.nr_extra_bufs;
    }

    private netmap_if* PortIn(MappedRegion memory) => (netmap_if*)(memory.Pointer + _bound.nr_offset);

    private NetmapRing[] Bound(netmap_if* port, int first, int count)
    {
        long* offsets = (long*)((byte*)port + netmap_if.RingOffsetsAt) + first;
        List<NetmapRing> rings = [];
        for (int i = 0; i < count; i++)
        {
            if (offsets[i] != 0) rings.Add(new NetmapRing((netmap_ring*)((byte*)port + offsets[i]), InitialOffset));
        }

        return [.. rings];
    }

    private static NetmapBinding? TryOpen(NetmapRequest request, int headroomBytes, out int errno)
    {
        SafeFd fd = SafeFd.Take(Libc.open(DevicePath, Libc.O_RDWR | Libc.O_CLOEXEC, 0), $"open {DevicePath}");
        nmreq_register body = new() { nr_mode = request.Mode, nr_ringid = request.Ring, nr_mem_id = request.MemoryId, nr_extra_bufs = (uint)request.SpareBuffers, nr_flags = NR_EXCLUSIVE };
        nmreq_opt_offsets offsets = new()
        {
            nro_opt = new nmreq_option { nro_reqtype = NETMAP_REQ_OPT_OFFSETS },
            nro_max_offset = MaxOffsetBytes,
            nro_initial_offset = (ulong)headroomBytes,
        };
        nmreq_header header = new() { nr_version = NETMAP_API, nr_reqtype = NETMAP_REQ_REGISTER, nr_body = (ulong)&body };
        if (headroomBytes > 0) header.nr_options = (ulong)&offsets;
        bool isNamed = Encoding.UTF8.TryGetBytes(request.Port, new Span<byte>(header.nr_name, NETMAP_REQ_IFNAMSIZ - 1), out _);
        errno = !isNamed ? Errno.ENXIO : Libc.ioctl(fd.Number, NIOCCTRL, &header) == 0 ? 0 : Errno.Last;
        if (errno == 0) return new NetmapBinding(request.Port, fd, body, headroomBytes);
        fd.Dispose();
        return null;
    }
}
