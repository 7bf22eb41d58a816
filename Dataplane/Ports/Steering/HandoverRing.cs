using System.Runtime.InteropServices;
using RustyRail.Dataplane.Native;

namespace RustyRail.Dataplane.Ports.Steering;

/// <summary>
/// The way of slots from the steering worker to a deciding one and back, in order. They come back in the places in which they went: what was handed
/// over always finds room, and neither side ever waits for the other. One thread at each end, no locks.
/// </summary>
internal sealed unsafe class HandoverRing : IDisposable
{
    /// <summary>A worker may be away for half a millisecond at 2 Mpps.</summary>
    public const int DefaultCapacity = 1024;

    private readonly MappedRegion _memory;
    private readonly PacketSlot* _first;
    private readonly long _mask;

    /// <param name="capacity">A power of two.</param>
    public HandoverRing(int capacity = DefaultCapacity)
    {
        _memory = MappedRegion.Anonymous((nuint)(sizeof(RingCursors) + (capacity * sizeof(PacketSlot))), "a handover ring");
        _first = (PacketSlot*)(_memory.Pointer + sizeof(RingCursors));
        _mask = capacity - 1;
    }

    public int Capacity => (int)_mask + 1;

    public RingCursors* Cursors => (RingCursors*)_memory.Pointer;

    public PacketSlot* At(long position) => _first + (position & _mask);

    /// <summary>How many of so many slots from there on lie in one piece.</summary>
    public int InOnePiece(long position, long count) => (int)Math.Min(count, Capacity - (position & _mask));

    public void Dispose() => _memory.Dispose();
}

/// <summary>
/// Positions, which only grow; lines are apart so that neither side's private steps disturb the other. Left &lt;= Decided &lt;= Handed &lt;= Put &lt;= Left + capacity.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 4 * LineBytes)]
internal struct RingCursors
{
    /// <summary>Two cache lines, which come together.</summary>
    private const int LineBytes = 128;

    /// <summary>Written by the steering worker: slots before it are the deciding worker's, until they are decided.</summary>
    [FieldOffset(0)] public long Handed;

    /// <summary>Written by the steering worker at the end. Not 0: no more will come.</summary>
    [FieldOffset(8)] public long Closed;

    /// <summary>Written by the deciding worker: slots before it are the steering worker's again.</summary>
    [FieldOffset(LineBytes)] public long Decided;

    /// <summary>The steering worker's own: slots that it has put in; those that have left the ring.</summary>
    [FieldOffset(2 * LineBytes)] public long Put;
    [FieldOffset((2 * LineBytes) + 8)] public long Left;

    /// <summary>The deciding worker's own: slots that it has taken; those that it has given back.</summary>
    [FieldOffset(3 * LineBytes)] public long Taken;
    [FieldOffset((3 * LineBytes) + 8)] public long Back;
}
