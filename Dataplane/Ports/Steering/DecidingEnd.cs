using System.Diagnostics;

namespace RustyRail.Dataplane.Ports.Steering;

/// <summary>The deciding worker's end of a ring. It gives slots back in the order in which it took them. Owner: its thread.</summary>
/// <param name="steerer">Wakes the steering worker.</param>
/// <param name="own">Wakes this one.</param>
internal sealed unsafe class DecidingEnd(HandoverRing ring, WakeEvent steerer, WakeEvent own)
{
    private readonly HandoverRing _ring = ring;
    private readonly RingCursors* _cursors = ring.Cursors;

    public bool IsClosed => Volatile.Read(ref _cursors->Closed) != 0;

    public int Take(Span<PacketSlot> batch)
    {
        long taken = _cursors->Taken;
        int count = (int)Math.Min(batch.Length, Volatile.Read(ref _cursors->Handed) - taken);
        if (count == 0) return 0;
        int first = _ring.InOnePiece(taken, count);
        new ReadOnlySpan<PacketSlot>(_ring.At(taken), first).CopyTo(batch);
        new ReadOnlySpan<PacketSlot>(_ring.At(taken + first), count - first).CopyTo(batch[first..]);
        _cursors->Taken = taken + count;
        return count;
    }

    /// <summary>To be sent as they are now.</summary>
    public void GiveBack(ReadOnlySpan<PacketSlot> slots)
    {
        long back = _cursors->Back;
        int first = _ring.InOnePiece(back, slots.Length);
        Debug.Assert(_ring.At(back)->Cookie == slots[0].Cookie, "slots come back in order");
        slots[..first].CopyTo(new Span<PacketSlot>(_ring.At(back), first));
        slots[first..].CopyTo(new Span<PacketSlot>(_ring.At(back + first), slots.Length - first));
        _cursors->Back = back + slots.Length;
    }

    /// <summary>Not to be sent.</summary>
    public void GiveBackUnsent(in PacketSlot slot)
    {
        PacketSlot* place = _ring.At(_cursors->Back++);
        Debug.Assert(place->Cookie == slot.Cookie, "slots come back in order");
        *place = UnsentSlot.Of(slot);
    }

    /// <summary>Once per batch: the steering worker sees what has come back.</summary>
    public void Publish()
    {
        if (_cursors->Back == _cursors->Decided) return;
        Volatile.Write(ref _cursors->Decided, _cursors->Back);
        steerer.SetIfAsleep();
    }

    public void Wait(int timeoutMilliseconds)
    {
        own.BeginSleep();
        if (Volatile.Read(ref _cursors->Handed) == _cursors->Taken && !IsClosed) own.Wait(timeoutMilliseconds);
        own.EndSleep();
    }
}
