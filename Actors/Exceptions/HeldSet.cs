using RustyRail.Contract;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;

namespace RustyRail.Actors.Exceptions;

/// <summary>
/// What this node holds and tells: flows of its own tables that the current tables would send elsewhere. Changes only add to it; renewals drop
/// what was not found for a while. Owner: the exceptions actor.
/// </summary>
internal sealed class HeldSet(TimeSpan grace)
{
    private readonly Dictionary<ulong, (HeldFlow Flow, long FoundAt)> _flows = [];
    private readonly Dictionary<ulong, uint> _ended = [];

    public int Count => _flows.Count;

    public IEnumerable<HeldFlow> Flows => _flows.Values.Select(held => held.Flow);

    /// <summary>By hash, with the slots that their backends have now.</summary>
    public Dictionary<ulong, int> SlotsIn(BackendSlots slots)
    {
        Dictionary<ulong, int> told = new(_flows.Count);
        foreach ((ulong hash, (HeldFlow flow, _)) in _flows)
        {
            if (slots.Slots.TryGetValue(flow.Backend, out int slot)) told.Add(hash, slot);
        }

        return told;
    }

    /// <summary>Takes over a scan's findings; returns those that peers do not know of yet.</summary>
    /// <param name="names">Of the slots that the scan speaks in; null: nobody's.</param>
    /// <param name="prune">Drop what has not been found for longer than the grace: ended, or the table has long agreed.</param>
    public List<HeldFlow> Take(DivergentScan scan, IReadOnlyList<BackendId?> names, long now, bool prune)
    {
        List<HeldFlow> news = [];
        uint seconds = HeldFlow.Seconds(now);
        foreach (DivergentFlow found in scan.Flows)
        {
            if (found.Backend >= names.Count || names[found.Backend] is not { } backend) continue;
            HeldFlow flow = new(found.Hash, backend, found.Class, found.State, HeldFlow.SeenBefore(seconds, found.Age));
            if (_ended.TryGetValue(flow.Hash, out uint ended) && flow.LastSeen <= ended) continue;
            bool isKnown = _flows.TryGetValue(flow.Hash, out (HeldFlow Flow, long FoundAt) held);
            // Several workers may have it: the one that saw it last is right.
            if (isKnown && held.FoundAt == now && held.Flow.LastSeen > flow.LastSeen) continue;
            _flows[flow.Hash] = (flow, now);
            if (!isKnown || held.Flow.Backend != flow.Backend) news.Add(flow);
        }

        if (prune) Prune(now);
        return news;
    }

    /// <summary>
    /// A peer has seen more of the flow than this node, and its end: the client has moved on, and may use the ports again. The entry that
    /// lingers here is no longer told.
    /// </summary>
    public void LearnEnd(HeldFlow told)
    {
        if (told.State != FlowState.Closing || !_flows.TryGetValue(told.Hash, out (HeldFlow Flow, long FoundAt) held) || held.Flow.LastSeen >= told.LastSeen) return;
        _flows.Remove(told.Hash);
        _ended[told.Hash] = told.LastSeen;
    }

    private void Prune(long now)
    {
        foreach ((ulong hash, (_, long foundAt)) in _flows)
        {
            if (now - foundAt > grace.TotalMilliseconds) _flows.Remove(hash);
        }

        uint oldest = HeldFlow.SeenBefore(HeldFlow.Seconds(now), (int)FlowClock.IdleLimit(FlowClass.Tcp, FlowState.Established));
        foreach ((ulong hash, uint ended) in _ended)
        {
            if (ended < oldest) _ended.Remove(hash);
        }
    }
}
