using System.Collections.Immutable;
using RustyRail.Contract.Hashing;
using RustyRail.ControlPlane.Simulation;

namespace ControlPlane.Tests.Simulation;

/// <summary>
/// The same event by brute force: every balancer with a flow table and an exception table of its own, every flow an object, every step
/// played as it happens (change; first packets; exceptions told). Slow, and with nothing in common with the judge but the stages.
/// </summary>
internal sealed class FullCluster(SimulationOptions options, ImmutableArray<Stage> stages)
{
    private enum Means
    {
        Hash,
        FlowTable,
        Exceptions,
    }

    public FlowTally Play()
    {
        Flow[] flows = [.. Enumerable.Range(0, (int)options.Flows).Select(Open)];
        FlowTally tally = new() { Flows = flows.Length };
        bool[] gone = stages[^1].BackendGone;
        tally.Moved = flows.Count(flow => stages.Skip(flow.Opened).Select(stage => stage.Router.Balancer(flow.Path)).Distinct().Count() > 1);
        tally.Ended = flows.Count(flow => gone[flow.Backend]);
        Flow[] served = [.. flows.Where(flow => !gone[flow.Backend])];
        tally.BrokenByHash = Broken(served, Means.Hash, out _);
        tally.BrokenWithFlowTable = Broken(served, Means.FlowTable, out _);
        tally.BrokenWithExceptions = Broken(served, Means.Exceptions, out int told);
        tally.Exceptions = told;
        return tally;
    }

    private int Broken(Flow[] flows, Means means, out int told)
    {
        var flowTables = new Dictionary<int, Dictionary<Flow, ushort>>();
        var exceptions = new Dictionary<Flow, ushort>();
        var broken = new HashSet<Flow>();
        for (int at = 0; at < stages.Length; at++)
        {
            Stage stage = stages[at];
            Dictionary<Flow, ushort> found = Divergent(flowTables, stage);
            foreach (Flow flow in flows.Where(flow => flow.Opened <= at && !broken.Contains(flow)))
            {
                Dictionary<Flow, ushort> table = flowTables.TryGetValue(stage.Router.Balancer(flow.Path), out var known) ? known : flowTables[stage.Router.Balancer(flow.Path)] = [];
                ushort chosen = stage.Table[flow.Entry];
                if (means != Means.Hash && table.TryGetValue(flow, out ushort remembered)) chosen = remembered;
                else if (means == Means.Exceptions && exceptions.TryGetValue(flow, out ushort excepted)) chosen = excepted;
                if (chosen == flow.Backend) table[flow] = chosen;
                else broken.Add(flow);
            }

            foreach ((Flow flow, ushort backend) in found) exceptions[flow] = backend;
        }

        told = exceptions.Count;
        return broken.Count;
    }

    private static Dictionary<Flow, ushort> Divergent(Dictionary<int, Dictionary<Flow, ushort>> flowTables, Stage stage)
    {
        var found = new Dictionary<Flow, ushort>();
        foreach ((int balancer, Dictionary<Flow, ushort> table) in flowTables)
        {
            if (!stage.BalancerTells[balancer]) continue;
            foreach ((Flow flow, ushort backend) in table.Where(known => stage.Table[known.Key.Entry] != known.Value)) found[flow] = backend;
        }

        return found;
    }

    private Flow Open(int number)
    {
        new FlowSource(options.Seed).Hash(number, out ulong hash, out ulong path);
        int opened = (int)((uint)hash % (uint)(stages.Length - 1));
        int entry = (int)FlowHash.Reduce(hash, (uint)stages[0].Table.Length);
        return new Flow(number, path, entry, opened, stages[opened].Table[entry]);
    }

    private sealed record Flow(int Number, ulong Path, int Entry, int Opened, ushort Backend);
}
