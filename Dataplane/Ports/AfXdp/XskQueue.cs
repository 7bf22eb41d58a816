using System.Runtime.CompilerServices;
using RustyRail.Dataplane.Native;

namespace RustyRail.Dataplane.Ports.AfXdp;

/// <summary>
/// The packet path over one AF_XDP socket. Chunks are so many that receive and transmit rings can be full at once, and transmitted ones are
/// counted until they come back: a wire that stands still never starves the receive side. On veth a local sender's frames come with their
/// TCP or UDP checksum unfilled unless its transmit offload is off, and nothing in a descriptor tells. Owner: the thread of its worker.
/// </summary>
internal sealed unsafe class XskQueue
{
    private const int RetryMilliseconds = 1, LinkDownRetryMilliseconds = 20;

    // In copy mode the kernel sends so many frames per call, at least, and then says EAGAIN.
    private const uint FramesPerSend = 32;

    /// <summary>Cookies say whose they are above the address in the frame memory.</summary>
    private const int NumberShift = 48;
    private const ulong AddressMask = (1UL << NumberShift) - 1;

    private readonly int _fd;
    private readonly int _wakeFd;
    private readonly ulong _mark;
    private readonly Umem _umem;
    private readonly byte* _base;
    private readonly uint _transmitFrames;
    private XskRing _fill;
    private XskRing _completion;
    private XskRing _receive;
    private XskRing _transmit;
    private uint _transmitting;
    private bool _linkDown;

    /// <param name="number">Among those of its device that are served.</param>
    public XskQueue(XskSocket socket, AfXdpOptions options, int number)
    {
        _mark = (ulong)number << NumberShift;
        _fd = socket.Fd;
        _wakeFd = options.WakeFd;
        _umem = socket.Umem;
        _base = _umem.Base;
        _transmitFrames = (uint)options.TransmitFrames;
        _fill = socket.Fill;
        _completion = socket.Completion;
        _receive = socket.Receive;
        _transmit = socket.Transmit;
        Refill();
    }

    public int Fd => _fd;

    /// <summary>See <see cref="AfXdpDevice.KeepHouse"/>. Monotonic milliseconds.</summary>
    public long HouseKeptUntil { get; set; }

    /// <summary>False once the kernel has taken the device away, or frames may be too long for the chunks. A link that is merely down stays open.</summary>
    public bool IsOpen { get; private set; } = true;

    /// <summary>Chunks that are neither in a ring nor on loan.</summary>
    public int FreeChunks => _umem.FreeCount;

    /// <summary>Frames that were given to the kernel and did not come back yet.</summary>
    public int Transmitting => (int)_transmitting;

    /// <summary>The number of the queue that the slot is of.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int NumberOf(in PacketSlot slot) => (int)(slot.Cookie >> NumberShift);

    /// <summary>The worker's loop ends.</summary>
    public void Close() => IsOpen = false;

    public int Receive(Span<PacketSlot> batch)
    {
        uint count = _receive.Available((uint)batch.Length);
        if (count == 0) return 0;
        int chunkBytes = _umem.ChunkBytes;
        for (int i = 0; i < (int)count; i++)
        {
            xdp_desc frame = _receive.TakeFrame();
            int headroom = (int)frame.addr & (chunkBytes - 1);
            batch[i] = new PacketSlot
            {
                Data = _base + frame.addr,
                Length = (int)frame.len,
                Headroom = headroom,
                Tailroom = chunkBytes - headroom - (int)frame.len,
                Cookie = frame.addr | _mark,
            };
        }

        _receive.Return();
        return (int)count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Transmit(ReadOnlySpan<PacketSlot> slots)
    {
        uint wanted = Math.Min((uint)slots.Length, _transmitFrames - _transmitting), count = Math.Min(wanted, _transmit.Room(wanted));
        foreach (ref readonly PacketSlot slot in slots[..(int)count]) _transmit.PutFrame((ulong)(slot.Data - _base), (uint)slot.Length);
        _transmitting += count;
        return (int)count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Release(in PacketSlot slot) => _umem.Give(slot.Cookie & AddressMask);

    public void Flush()
    {
        if (_transmitting > 0)
        {
            _transmit.Publish();
            Send();
            Collect();
        }

        Refill();
        if (_fill.NeedsWakeup) Report(Libc.recv(_fd, null, 0, Libc.MSG_DONTWAIT));
    }

    public void Wait(int timeoutMilliseconds)
    {
        pollfd* fds = stackalloc pollfd[2];
        fds[0] = new pollfd { fd = _fd, events = Libc.POLLIN };
        fds[1] = new pollfd { fd = _wakeFd, events = Libc.POLLIN }; // poll ignores a negative one
        // A device that goes away wakes nobody either.
        if (Libc.poll(fds, 2, LimitWait(timeoutMilliseconds)) == 0) CheckAlive();
    }

    /// <summary>What the kernel did not take yet needs another call soon; a completion wakes nobody.</summary>
    public int LimitWait(int timeoutMilliseconds) =>
        _transmit.HasUntaken ? Math.Min(timeoutMilliseconds, _linkDown ? LinkDownRetryMilliseconds : RetryMilliseconds) : timeoutMilliseconds;

    /// <summary>An empty send: fails in its own way when the device is gone.</summary>
    public void CheckAlive() => Report(Libc.sendto(_fd, null, 0, Libc.MSG_DONTWAIT, null, 0));

    // Bounded: what does not leave now leaves with the next flush.
    private void Send()
    {
        for (uint calls = (_transmitting / FramesPerSend) + 2; calls > 0 && _transmit.HasUntaken && _transmit.NeedsWakeup; calls--)
        {
            nint result = Libc.sendto(_fd, null, 0, Libc.MSG_DONTWAIT, null, 0);
            if (result >= 0)
            {
                _linkDown = false;
                continue;
            }

            if (Errno.Last != Errno.EAGAIN)
            {
                Report(result);
                return;
            }

            Collect(); // the completion ring's room limits what the kernel takes
        }
    }

    private void Collect()
    {
        uint count = _completion.Available(_transmitFrames);
        if (count == 0) return;
        for (uint i = 0; i < count; i++) _umem.Give(_completion.TakeAddress());
        _completion.Return();
        _transmitting -= count;
    }

    private void Refill()
    {
        uint count = Math.Min(_fill.Room(uint.MaxValue), (uint)_umem.FreeCount);
        if (count == 0) return;
        for (uint i = 0; i < count; i++) _fill.PutAddress(_umem.Take());
        _fill.Publish();
    }

    // ENXIO: the kernel has unbound the socket, the device is unregistered or moved away. Anything else (EAGAIN, EBUSY, ENOBUFS, ENETDOWN)
    // passes by itself.
    private void Report(nint result)
    {
        int errno = result < 0 ? Errno.Last : 0;
        _linkDown = errno == Errno.ENETDOWN;
        if (errno == Errno.ENXIO) IsOpen = false;
    }
}
