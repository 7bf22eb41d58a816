using RustyRail.Contract;
using RustyRail.Contract.Region;
using static RustyRail.Actors.Protocol.ExceptionsProtocol;

namespace RustyRail.Actors.Exceptions;

/// <summary>
/// What other nodes told, and its image in the region. Of a flow that several nodes hold the one counts that saw it last. What a node told
/// lasts while that node renews it and, once it is silent, until the flow's idle time-out. Owner: the exceptions actor.
/// </summary>
internal sealed class ExceptionBook
{
    private readonly Dictionary<ulong, Entry> _entries = [];
    private readonly ExceptionWriter _writer;
    private BackendSlots _slots = BackendSlots.None;

    /// <summary>Continues with what an earlier control plane left in the region: whoever told it is silent until it is heard again.</summary>
    public ExceptionBook(ExceptionWriter writer, BackendSlots slots)
    {
        (_writer, _slots) = (writer, slots);
        foreach ((ulong hash, ExceptionValue value) in writer.Entries())
        {
            uint limit = FlowClock.IdleLimit(value.Class, value.State) * FlowMeta.TimeUnitSeconds;
            if (value.Backend < slots.Names.Count && slots.Names[value.Backend] is { } backend)
            {
                _entries[hash] = new Entry(new HeldFlow(hash, backend, value.Class, value.State, value.ExpiresAt - Math.Min(limit, value.ExpiresAt)), "", 0, 0, true);
            }
            else
            {
                writer.Remove(hash);
            }
        }

        ReleaseSlots();
    }

    public int Count => _entries.Count;
    public int Placed => _writer.Count;
    public int Capacity => _writer.Capacity;
    public long Overflowed { get; private set; }

    public IEnumerable<HeldFlow> Flows => _entries.Values.Select(entry => entry.Flow);

    public void Learn(HeldFlows told, HeldFlow flow)
    {
        bool isKnown = _entries.TryGetValue(flow.Hash, out Entry entry);
        if (!isKnown && _entries.Count >= Capacity)
        {
            Overflowed++;
            return;
        }

        string origin = told.Telling == Telling.Inherited ? "" : told.Node;
        if (isKnown && entry.Origin != origin && IsNewer(entry.Flow, flow, isHeld: origin.Length > 0)) return;
        _entries[flow.Hash] = Place(new Entry(flow, origin, told.Incarnation, told.Round, isKnown && entry.IsPlaced));
    }

    /// <summary>All of a whole round has been learned: what that incarnation told before, and not again, is over.</summary>
    public void EndWhole(HeldFlows last)
    {
        foreach ((ulong hash, Entry entry) in _entries)
        {
            if (entry.Origin == last.Node && entry.Incarnation == last.Incarnation && entry.Round < last.Round) Drop(hash);
        }
    }

    public void Expire(uint now)
    {
        foreach ((ulong hash, Entry entry) in _entries)
        {
            if (entry.Flow.ExpiresAt < now) Drop(hash);
        }
    }

    /// <summary>
    /// Another snapshot: backends have come or gone. A backend that was known and is removed has ended its flows; one that was never known
    /// here may be on its way.
    /// </summary>
    public void Resettle(BackendSlots slots)
    {
        BackendSlots before = _slots;
        _slots = slots;
        if (!slots.HasSameSlots(before))
        {
            foreach ((ulong hash, Entry entry) in _entries)
            {
                bool isRemoved = before.Slots.ContainsKey(entry.Flow.Backend) && !slots.Slots.ContainsKey(entry.Flow.Backend);
                if (isRemoved) Drop(hash);
                else _entries[hash] = Place(entry);
            }
        }
    }

    /// <summary>Slots of backends that the current snapshot no longer has may be given to others.</summary>
    public void ReleaseSlots() => _writer.SweptGeneration = Math.Max(1, _slots.Generation);

    /// <summary>Hearsay must be newer to count. A holder's own word counts if it is as new, as far as rounded ages can tell.</summary>
    private static bool IsNewer(HeldFlow known, HeldFlow told, bool isHeld) =>
        isHeld ? known.LastSeen > told.LastSeen + (2 * FlowMeta.TimeUnitSeconds) : known.LastSeen >= told.LastSeen;

    private Entry Place(Entry entry)
    {
        HeldFlow flow = entry.Flow;
        bool isPlaced = _slots.Slots.TryGetValue(flow.Backend, out int slot) && TrySet(flow, slot);
        // Of another backend by now, that is not known here yet: the one that it named is wrong.
        if (!isPlaced && entry.IsPlaced) _writer.Remove(flow.Hash);
        return entry with { IsPlaced = isPlaced };
    }

    private bool TrySet(HeldFlow flow, int slot)
    {
        if (_writer.TrySet(flow.Hash, slot, flow.Class, flow.State, flow.ExpiresAt)) return true;
        Overflowed++;
        return false;
    }

    private void Drop(ulong hash)
    {
        _entries.Remove(hash, out Entry entry);
        if (entry.IsPlaced) _writer.Remove(hash);
    }

    /// <param name="Origin">The node that holds it; empty: told by others, or left by an earlier control plane.</param>
    private readonly record struct Entry(HeldFlow Flow, string Origin, long Incarnation, long Round, bool IsPlaced);
}
