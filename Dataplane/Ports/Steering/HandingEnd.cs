using System.Runtime.CompilerServices;

namespace RustyRail.Dataplane.Ports.Steering;

/// <summary>The steering worker's end of a ring. Owner: its thread.</summary>
/// <param name="worker">Wakes the deciding worker.</param>
internal sealed unsafe class HandingEnd(HandoverRing ring, WakeEvent worker)
{
    private readonly HandoverRing _ring = ring;
    private readonly RingCursors* _cursors = ring.Cursors;

    /// <summary>Slots that were handed over and have not left the ring.</summary>
    public int Away => (int)(_cursors->Put - _cursors->Left);

    /// <summary>At the last try the wire did not take all that had come back. Set by who tries.</summary>
    public bool IsHeldByWire { get; set; }

    public bool HasReturned => Volatile.Read(ref _cursors->Decided) != _cursors->Left;

    /// <summary>False: the ring is full.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryHand(in PacketSlot slot)
    {
        long put = _cursors->Put;
        if (put - _cursors->Left > _ring.Capacity - 1) return false;
        *_ring.At(put) = slot;
        _cursors->Put = put + 1;
        return true;
    }

    /// <summary>Once per batch: the worker sees what was handed over.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Publish()
    {
        if (_cursors->Put == _cursors->Handed) return;
        Volatile.Write(ref _cursors->Handed, _cursors->Put);
        worker.SetIfAsleep();
    }

    /// <summary>The oldest slots that have come back, as far as they lie in one piece; they stay until <see cref="Leave"/>.</summary>
    public Span<PacketSlot> Returned()
    {
        long left = _cursors->Left, count = Volatile.Read(ref _cursors->Decided) - left;
        return new Span<PacketSlot>(_ring.At(left), _ring.InOnePiece(left, count));
    }

    /// <summary>So many of those are the port's: their places are free.</summary>
    public void Leave(int count) => _cursors->Left += count;

    /// <summary>No more will come: the worker's loop ends.</summary>
    public void Close()
    {
        Volatile.Write(ref _cursors->Closed, 1);
        worker.Set();
    }
}
