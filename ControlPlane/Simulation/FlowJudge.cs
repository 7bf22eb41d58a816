using RustyRail.Contract.Hashing;

namespace RustyRail.ControlPlane.Simulation;

/// <summary>
/// Follows flows through an event, one at a time and without an object for any: where the router sends it at each stage, and whether
/// that balancer finds its backend by the table alone, by its flow table, or by an exception of a peer.
/// </summary>
internal sealed class FlowJudge(SimulationOptions options, EventCourse course)
{
    private readonly FlowSource _source = new(options.Seed);
    private readonly Stage[] _stages = course.Stages;
    private readonly bool[] _entryChanges = course.EntryChanges;
    private readonly uint _openings = course.Openings;
    private readonly bool _routerChanges = course.Stages.Any(stage => stage.RouterChanged);

    public FlowTally Judge(long first, long end)
    {
        FlowTally tally = new() { Flows = end - first };
        uint tableSize = (uint)_entryChanges.Length;
        for (long flow = first; flow < end; flow++)
        {
            _source.Hash(flow, out ulong hash, out ulong path);
            uint entry = FlowHash.Reduce(hash, tableSize);
            int opened = _openings == 1 ? 0 : (int)((uint)hash % _openings);
            if (_routerChanges && Moves(path, opened)) tally.Moved++;
            // Nearly all flows: the table never says anything else, so that no balancer can be wrong.
            if (_entryChanges[entry]) Follow(hash, path, entry, opened, ref tally);
        }

        return tally;
    }

    private bool Moves(ulong path, int opened)
    {
        int first = _stages[opened].Router.Balancer(path);
        for (int at = opened + 1; at < _stages.Length; at++)
        {
            if (_stages[at].RouterChanged && _stages[at].Router.Balancer(path) != first) return true;
        }

        return false;
    }

    private void Follow(ulong hash, ulong path, uint entry, int opened, ref FlowTally tally)
    {
        ushort backend = _stages[opened].Table[entry];
        if (_stages[^1].BackendGone[backend])
        {
            tally.Ended++;
            return;
        }

        Span<int> visited = stackalloc int[_stages.Length];
        visited[opened] = _stages[opened].Router.Balancer(path);
        bool lostByHash = false, lostWithTable = false, excepted = false, told = false;
        for (int at = opened + 1; at < _stages.Length; at++)
        {
            ReadOnlySpan<int> seenBy = visited[opened..at];
            visited[at] = _stages[at].Router.Balancer(path);
            if (_stages[at].Table[entry] == backend) continue;
            lostByHash = true;
            bool knownBefore = excepted;
            if (!told && SomeoneTells(hash, _stages[at], seenBy))
            {
                told = true;
                excepted = course.ExceptionKept(hash, at);
            }

            if (Remembers(hash, visited[at], seenBy)) continue;
            lostWithTable = true;
            // Exceptions of this very step are still on their way when its first packets arrive.
            if (knownBefore) continue;
            tally.BrokenWithExceptions++;
            break;
        }

        if (lostByHash) tally.BrokenByHash++;
        if (lostWithTable) tally.BrokenWithFlowTable++;
        if (told) tally.Exceptions++;
    }

    // Every balancer that carried the flow while it was whole knows its backend.
    private bool Remembers(ulong hash, int balancer, ReadOnlySpan<int> seenBy) =>
        seenBy.Contains(balancer) && course.FlowRemembered.Has(hash, balancer);

    private bool SomeoneTells(ulong hash, Stage stage, ReadOnlySpan<int> seenBy)
    {
        foreach (int balancer in seenBy)
        {
            if (stage.BalancerTells[balancer] && course.FlowRemembered.Has(hash, balancer)) return true;
        }

        return false;
    }
}
