namespace RustyRail.Contract.Snapshots;

/// <summary>
/// Keeps names at their slots from generation to generation: flow entries and counters speak in slots. A name that goes away is
/// retired, and its slot free again only when every flow table has been swept since (ReaderLine.SweptGeneration).
/// Owner: the publisher.
/// </summary>
internal sealed class SlotAssignment<TId>(int capacity)
    where TId : notnull
{
    private readonly Dictionary<TId, int> _slots = [];
    private readonly Dictionary<TId, long> _retiredAt = [];
    private readonly Queue<int> _free = new();
    private int _neverUsed;

    /// <summary>Slots in use are below this.</summary>
    public int HighWater => _neverUsed;

    public int this[TId id] => _slots[id];

    public IEnumerable<(TId Id, int Slot, long RetiredAt)> Retired => _retiredAt.Select(retired => (retired.Key, _slots[retired.Key], retired.Value));

    /// <summary>Takes over what an earlier publisher left. <paramref name="retiredAt"/> 0 = in use.</summary>
    public void Restore(TId id, int slot, long retiredAt)
    {
        _slots[id] = slot;
        if (retiredAt != 0) _retiredAt[id] = retiredAt;
        while (_neverUsed <= slot)
        {
            if (_neverUsed != slot) _free.Enqueue(_neverUsed);
            _neverUsed++;
        }
    }

    /// <summary>False, and nothing changed, if <paramref name="wanted"/> does not fit beside what is still retiring.</summary>
    public bool TryAssign(IReadOnlyCollection<TId> wanted, long generation, long sweptGeneration)
    {
        foreach ((TId id, int slot, long retiredAt) in Retired.ToArray())
        {
            if (retiredAt > sweptGeneration) continue;
            _retiredAt.Remove(id);
            _slots.Remove(id);
            _free.Enqueue(slot);
        }

        HashSet<TId> kept = [.. wanted];
        TId[] added = [.. kept.Where(id => !_slots.ContainsKey(id))];
        if (added.Length > _free.Count + capacity - _neverUsed) return false;
        foreach (TId id in added) _slots[id] = _neverUsed < capacity ? _neverUsed++ : _free.Dequeue();
        foreach (TId id in kept) _retiredAt.Remove(id);
        foreach (TId id in _slots.Keys)
        {
            if (!kept.Contains(id)) _retiredAt.TryAdd(id, generation);
        }

        return true;
    }
}
