using System.Runtime.CompilerServices;
using RustyRail.Dataplane.Native;
using static RustyRail.Dataplane.Native.PacketAbi;

namespace RustyRail.Dataplane.Ports.AfPacket;

/// <summary>
/// One worker's packet path: frames are lent out of the receive ring and sent from there. The kernel fills slots in turn and stops at the
/// first that is on loan, so loans are short: a slot is back when its frame is sent, refused or released. Owner: the worker thread.
/// </summary>
internal sealed unsafe class AfPacketQueue : IDisposable
{
    private readonly ReceiveSocket _receive;
    private readonly TransmitSocket _transmit;
    private readonly int _wakeFd;
    private readonly int _slotBytes;
    private readonly byte* _first;
    private readonly byte* _end;
    private byte* _next;
    private ulong _unsent;

    public AfPacketQueue(ReceiveSocket receive, TransmitSocket transmit, int wakeFd)
    {
        _receive = receive;
        _transmit = transmit;
        _wakeFd = wakeFd;
        _slotBytes = receive.Layout.SlotBytes;
        _next = _first = receive.Ring;
        _end = _first + ((long)receive.Layout.Slots * _slotBytes);
    }

    /// <summary>False once the device is gone. A link that is merely down stays open.</summary>
    public bool IsOpen { get; private set; } = true;

    public FrameLayout Layout => _receive.Layout;

    /// <summary>Frames that never reached the worker: no slot was free, or they cannot be sent on as they are. One thread at a time.</summary>
    public ulong ReadLost() => _receive.ReadDropped() + Volatile.Read(ref _unsent);

    public int Receive(Span<PacketSlot> batch)
    {
        int count = 0;
        while (count < batch.Length)
        {
            tpacket2_hdr* header = (tpacket2_hdr*)_next;
            uint status = Volatile.Read(ref header->tp_status);
            if ((status & TP_STATUS_USER) == 0) break;
            _next += _slotBytes;
            if (_next == _end) _next = _first;
            if (!ReceivedFrame.IsWhole(header))
            {
                _unsent++;
                Return(header);
                continue;
            }

            ref PacketSlot slot = ref batch[count++];
            int at = header->tp_mac, length = (int)header->tp_snaplen;
            slot = new PacketSlot
            {
                Data = (byte*)header + at,
                Length = length,
                Headroom = at - FrameLayout.HeaderBytes,
                Tailroom = _slotBytes - at - length,
                Cookie = (ulong)header,
            };
            if ((status & ReceivedFrame.Unfinished) != 0) ReceivedFrame.Mend(header, ref slot);
        }

        return count;
    }

    public int Transmit(ReadOnlySpan<PacketSlot> slots)
    {
        int sent = _transmit.Send(slots, out int errno);
        if (errno != 0 && IsWorthAnotherTry(errno)) sent += _transmit.Send(slots[sent..], out _);
        foreach (ref readonly PacketSlot slot in slots[..sent]) Return((tpacket2_hdr*)slot.Cookie);
        return sent;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Release(in PacketSlot slot) => Return((tpacket2_hdr*)slot.Cookie);

    public void Wait(int timeoutMilliseconds)
    {
        pollfd* fds = stackalloc pollfd[2];
        fds[0] = new pollfd { fd = _receive.Fd, events = Libc.POLLIN };
        fds[1] = new pollfd { fd = _wakeFd, events = Libc.POLLIN }; // poll ignores a negative one
        _ = Libc.poll(fds, 2, timeoutMilliseconds);
        if ((fds[0].revents & Libc.POLLERR) != 0) CheckAlive();
    }

    public void CheckAlive() => IsOpen = _receive.CheckBound();

    public void Dispose()
    {
        _transmit.Dispose();
        _receive.Dispose();
    }

    // The kernel may fill the slot at once, so its bytes are read before.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Return(tpacket2_hdr* header) => Volatile.Write(ref header->tp_status, TP_STATUS_KERNEL);

    // ENXIO: unbound from a device that is gone. ENETDOWN may be an old one: a socket reports a link that was down once, whatever it is now.
    // The rest passes by itself (ENOBUFS, EAGAIN: no room) or is about this frame (EMSGSIZE).
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool IsWorthAnotherTry(int errno)
    {
        if (errno is Errno.ENXIO or Errno.ENODEV) CheckAlive();
        return errno == Errno.ENETDOWN;
    }
}
