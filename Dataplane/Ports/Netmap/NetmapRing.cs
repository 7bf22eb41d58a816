using System.Runtime.CompilerServices;
using RustyRail.Dataplane.Native;
using static RustyRail.Dataplane.Native.NetmapAbi;

namespace RustyRail.Dataplane.Ports.Netmap;

/// <summary>
/// One mapped ring: memory only, the calls that let the kernel look at it are the port's. Slots of [head, tail) are ours; a buffer is in
/// exactly one slot at any time, since frames leave by exchanging buffers. Owner: the worker thread.
/// </summary>
internal sealed unsafe class NetmapRing
{
    /// <summary>In a slot's first word: buffer, length, flags.</summary>
    private const ulong Changed = (ulong)NS_BUF_CHANGED << 48;

    private readonly netmap_ring* _ring;
    private readonly netmap_slot* _slots;
    private readonly byte* _buffers;
    private readonly uint _slotCount;
    private readonly long _bufferBytes;
    private readonly ulong _offsetMask;
    private readonly ulong _initialOffset;
    private uint _next;
    private uint _headGiven;
    private bool _withinFrame;

    /// <param name="initialOffset">Where received frames begin in their buffers; 0 unless the kernel agreed to offsets.</param>
    public NetmapRing(netmap_ring* ring, int initialOffset)
    {
        _ring = ring;
        _slots = (netmap_slot*)((byte*)ring + netmap_ring.SlotsAt);
        _buffers = (byte*)ring + ring->buf_ofs;
        _slotCount = ring->num_slots;
        _bufferBytes = ring->nr_buf_size;
        _offsetMask = initialOffset == 0 ? 0 : ring->offset_mask;
        _initialOffset = (ulong)initialOffset;
        _next = _headGiven = ring->head;
    }

    /// <summary>As it lies in the mapping, for a program that fills and reads the ring itself.</summary>
    public netmap_ring* Mapped => _ring;

    public int Slots => (int)_slotCount;

    public int BufferBytes => (int)_bufferBytes;

    /// <summary>Received frames that were skipped because they do not lie in one buffer.</summary>
    public long Skipped { get; private set; }

    /// <summary>How often the kernel found head or cur wrong and set them anew: 0 unless there is a bug.</summary>
    public int Resets { get; private set; }

    /// <summary>Slots that are ours and not lent; on a transmit ring, the room.</summary>
    public int Available
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Distance(_next, _ring->tail);
    }

    /// <summary>Slots given back that the kernel was not called for yet.</summary>
    public int Pending => Distance(_headGiven, _next);

    /// <summary>Every slot but the one that keeps full apart from empty is ours: nothing is on its way.</summary>
    public bool IsDrained => Available == (int)_slotCount - 1;

    public netmap_slot* Slot(uint index) => _slots + index;

    /// <summary>Lends received frames; their slots, which the cookies name, stay where they are until <see cref="ReturnLent"/>.</summary>
    public int Lend(Span<PacketSlot> batch)
    {
        fixed (PacketSlot* first = batch) return (int)(LendUpTo(first, first + batch.Length) - first);
    }

    /// <summary>All lent slots are the kernel's again, by its next look.</summary>
    public void ReturnLent() => _ring->head = _ring->cur = _next;

    /// <summary>Puts lent frames into this transmit ring, in order, until it is full; returns how many.</summary>
    public int Exchange(NetmapRing from, ReadOnlySpan<PacketSlot> slots)
    {
        // Locals: what is written through pointers may be a field for all that the compiler knows.
        int count = Math.Min(slots.Length, Available);
        netmap_slot* own = _slots, theirs = from._slots;
        uint next = _next, slotCount = _slotCount;
        bool isPlain = (_offsetMask | from._offsetMask) == 0;
        fixed (PacketSlot* first = slots)
        {
            for (PacketSlot* slot = first, end = first + count; slot < end; slot++)
            {
                netmap_slot* free = own + next, received = theirs + (uint)slot->Cookie;
                next = next + 1 == slotCount ? 0 : next + 1;
                if (isPlain & slot->Headroom == 0) Swap(free, received, slot->Length);
                else Swap(from, free, received, slot->Headroom, slot->Length);
            }
        }

        _next = next;
        return count;
    }

    /// <summary>One received frame, which lies in the same memory. False: no room, nothing changed.</summary>
    /// <param name="offset">Of the frame in its buffer.</param>
    public bool TryExchange(NetmapRing from, netmap_slot* received, int offset, int length)
    {
        if (_next == _ring->tail || length > _bufferBytes) return false;
        Swap(from, _slots + _next, received, offset, length);
        _next = After(_next);
        return true;
    }

    /// <summary>A frame of the same memory that is in no ring. False: no room, nothing changed.</summary>
    /// <param name="cookie">The buffer, in the low half.</param>
    /// <param name="free">The buffer that was in its place.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPut(ulong cookie, int offset, int length, out uint free)
    {
        uint buffer = (uint)cookie;
        netmap_slot* slot = _slots + _next;
        free = slot->buf_idx;
        if (_next == _ring->tail || length > _bufferBytes) return false;
        _next = After(_next);
        if (offset != 0 && _offsetMask == 0) offset = MoveToStart(Buffer(buffer), offset, length);
        *(ulong*)slot = buffer | ((ulong)(uint)length << 32) | Changed;
        if (_offsetMask != 0) slot->ptr = (ulong)offset;
        return true;
    }

    /// <summary>The frame as a copy, in the slot's own buffer. False: no room, or it is too long.</summary>
    public bool TryCopy(ReadOnlySpan<byte> frame)
    {
        if (_next == _ring->tail || frame.Length > _bufferBytes) return false;
        netmap_slot* slot = _slots + _next;
        frame.CopyTo(new Span<byte>(Buffer(slot->buf_idx), (int)_bufferBytes));
        slot->len = (ushort)frame.Length;
        slot->flags = 0;
        if (_offsetMask != 0) slot->ptr = 0;
        _next = After(_next);
        return true;
    }

    /// <summary>A lent slot goes on with another buffer; its own is returned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Detach(uint index, uint spare)
    {
        netmap_slot* slot = _slots + index;
        uint buffer = slot->buf_idx;
        *(ulong*)slot = spare | Changed;
        if (_offsetMask != 0) slot->ptr = _initialOffset;
        return buffer;
    }

    /// <summary>Moves frames that another ring received, in order, until it is empty or this one full; returns how many.</summary>
    public int ExchangeAll(NetmapRing from, int limit)
    {
        int moved = 0;
        for (uint tail = from._ring->tail; moved < limit && from._next != tail; moved++, from._next = from.After(from._next))
        {
            netmap_slot* slot = from._slots + from._next;
            if (!TryExchange(from, slot, (int)(slot->ptr & from._offsetMask), slot->len)) break;
        }

        from.ReturnLent();
        return moved;
    }

    /// <summary>Before every call that lets the kernel look at this receive ring.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void BeforeCall() => _headGiven = _ring->head;

    /// <summary>The same for a transmit ring: all frames that were put in are the kernel's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Push() => _ring->head = _ring->cur = _headGiven = _next;

    /// <summary>After it: takes over what the kernel may have set anew, because it found head or cur wrong.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AfterCall()
    {
        if (_ring->head != _headGiven) TakeOver();
    }

    public uint BufferIndex(int slot) => _slots[slot].buf_idx;

    /// <summary>Of a frame that begins where its buffer does, in rings where all do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Swap(netmap_slot* free, netmap_slot* received, int length)
    {
        ulong fresh = free->buf_idx;
        *(ulong*)free = received->buf_idx | ((ulong)(uint)length << 32) | Changed;
        *(ulong*)received = fresh | Changed;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Swap(NetmapRing from, netmap_slot* free, netmap_slot* received, int offset, int length)
    {
        if (offset != 0 && _offsetMask == 0) offset = MoveToStart(from.Buffer(received->buf_idx), offset, length);
        Swap(free, received, length);
        if ((_offsetMask | from._offsetMask) == 0) return;
        free->ptr = (ulong)offset;
        received->ptr = from._initialOffset;
    }

    /// <summary>This ring's frames begin where their buffers do.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int MoveToStart(byte* buffer, int offset, int length)
    {
        System.Buffer.MemoryCopy(buffer + offset, buffer, length, length);
        return 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Buffer(uint index) => _buffers + (index * _bufferBytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint After(uint index) => index + 1 == _slotCount ? 0 : index + 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Distance(uint from, uint to)
    {
        int distance = (int)to - (int)from;
        return distance < 0 ? distance + (int)_slotCount : distance;
    }

    private PacketSlot* LendUpTo(PacketSlot* lent, PacketSlot* end)
    {
        netmap_slot* slots = _slots;
        byte* buffers = _buffers;
        long bufferBytes = _bufferBytes;
        uint next = _next, slotCount = _slotCount;
        ulong offsetMask = _offsetMask;
        for (uint tail = _ring->tail; lent < end && next != tail; next = next + 1 == slotCount ? 0 : next + 1)
        {
            netmap_slot* slot = slots + next;
            ulong word = *(ulong*)slot;
            long offset = offsetMask == 0 ? 0 : (long)(slot->ptr & offsetMask);
            uint buffer = (uint)word, length = (ushort)(word >> 32);
            long room = bufferBytes - offset - length;
            if (((word >> 48) & NS_MOREFRAG) != 0 | _withinFrame | room < 0 | buffer < FirstBuffer)
            {
                Skip(slot);
                continue;
            }

            lent->Lend(buffers + (buffer * bufferBytes) + offset, length, (uint)offset, (uint)room, next);
            lent++;
        }

        _next = next;
        return lent;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Skip(netmap_slot* slot)
    {
        _withinFrame = (slot->flags & NS_MOREFRAG) != 0;
        if (!_withinFrame) Skipped++;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TakeOver()
    {
        _next = _headGiven = _ring->head;
        _withinFrame = false;
        Resets++;
    }
}
