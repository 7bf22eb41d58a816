using System.Runtime.CompilerServices;

namespace RustyRail.Dataplane.Ports.Netmap;

/// <summary>
/// Frames that come back late and out of turn, as where workers hand them to others: a frame that is lent leaves its ring with its buffer, and a spare takes
/// the place, so that the ring goes on whatever becomes of the frame. Cookies name buffer and ring. Owner: the worker thread.
/// </summary>
internal sealed class DetachedFrames(SpareBuffers spares)
{
    private const int RingShift = 32;

    public SpareBuffers Spares { get; } = spares;

    /// <param name="number">Of the ring.</param>
    public int Lend(NetmapRing from, int number, Span<PacketSlot> batch)
    {
        int count = from.Lend(batch[..Math.Min(batch.Length, Spares.Count)]);
        foreach (ref PacketSlot slot in batch[..count]) slot.Cookie = from.Detach((uint)slot.Cookie, Spares.Take()) | ((ulong)number << RingShift);
        from.ReturnLent();
        return count;
    }

    /// <summary>Each by the ring that belongs to the one it came by, in order; until one is full.</summary>
    public int Transmit(NetmapRing[] ringOf, ReadOnlySpan<PacketSlot> slots)
    {
        int next = 0;
        while (next < slots.Length && ringOf[NumberOf(slots[next])].TryPut(slots[next].Cookie, slots[next].Headroom, slots[next].Length, out uint free))
        {
            Spares.Give(free);
            next++;
        }

        return next;
    }

    /// <param name="skipped">Bytes at its beginning.</param>
    public bool TryToHost(NetmapRing toHost, in PacketSlot slot, int skipped)
    {
        if (!toHost.TryPut(slot.Cookie, slot.Headroom + skipped, slot.Length - skipped, out uint free)) return false;
        Spares.Give(free);
        return true;
    }

    public void Release(in PacketSlot slot) => Spares.Give((uint)slot.Cookie);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int NumberOf(in PacketSlot slot) => (int)(slot.Cookie >> RingShift);
}
