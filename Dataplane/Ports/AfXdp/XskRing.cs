using System.Runtime.CompilerServices;
using RustyRail.Dataplane.Native;

namespace RustyRail.Dataplane.Ports.AfXdp;

/// <summary>
/// One ring shared with the kernel: one side produces, the other consumes. Indexes run freely and are masked; the cached copies are ours,
/// so that the kernel's cache line is read only when the cache says empty or full. Owner: the worker thread.
/// </summary>
internal unsafe struct XskRing
{
    private readonly uint* _producer;
    private readonly uint* _consumer;
    private readonly uint* _flags;
    private readonly byte* _entries;
    private readonly uint _mask;
    private readonly uint _size;
    private uint _cachedProducer;
    private uint _cachedConsumer;

    public XskRing(byte* mapping, in xdp_ring_offset offset, uint size)
    {
        _producer = (uint*)(mapping + offset.producer);
        _consumer = (uint*)(mapping + offset.consumer);
        _flags = (uint*)(mapping + offset.flags);
        _entries = mapping + offset.desc;
        _size = size;
        _mask = size - 1;
        _cachedProducer = *_producer;
        _cachedConsumer = *_consumer;
    }

    /// <summary>The kernel asks to be called before it works on.</summary>
    public readonly bool NeedsWakeup => (Volatile.Read(ref *_flags) & XdpAbi.XDP_RING_NEED_WAKEUP) != 0;

    /// <summary>Published entries that the other side has not taken. For the side that produces.</summary>
    public readonly bool HasUntaken => Volatile.Read(ref *_consumer) != *_producer;

    // Producing: Room, then Put for each entry, then Publish.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Room(uint wanted)
    {
        uint room = _size - (_cachedProducer - _cachedConsumer);
        if (room >= wanted) return room;
        _cachedConsumer = Volatile.Read(ref *_consumer);
        return _size - (_cachedProducer - _cachedConsumer);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PutAddress(ulong address) => ((ulong*)_entries)[_cachedProducer++ & _mask] = address;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PutFrame(ulong address, uint length)
    {
        xdp_desc* entry = (xdp_desc*)_entries + (_cachedProducer++ & _mask);
        entry->addr = address;
        entry->len = length;
        entry->options = 0;
    }

    // The kernel may take an entry as soon as the index has passed it, so its bytes are written before.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Publish() => Volatile.Write(ref *_producer, _cachedProducer);

    // Consuming: Available, then Take for each entry, then Return.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Available(uint wanted)
    {
        uint available = _cachedProducer - _cachedConsumer;
        if (available >= wanted) return wanted;
        _cachedProducer = Volatile.Read(ref *_producer);
        return Math.Min(_cachedProducer - _cachedConsumer, wanted);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong TakeAddress() => ((ulong*)_entries)[_cachedConsumer++ & _mask];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public xdp_desc TakeFrame() => ((xdp_desc*)_entries)[_cachedConsumer++ & _mask];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Return() => Volatile.Write(ref *_consumer, _cachedConsumer);
}
