using System.Collections.Immutable;
using RustyRail.Contract.Hashing;
using RustyRail.ControlPlane.Simulation.Events;

namespace RustyRail.ControlPlane.Simulation;

/// <summary>Load before any event: entries of the table, flows of backends, flows of balancers.</summary>
internal static class BalanceSimulation
{
    public static ImmutableArray<Balance> Run(SimulationOptions options, IReadOnlyList<EcmpKind> kinds, Progress progress, CancellationToken cancel)
    {
        ushort[] table = Fleet.Stages(options, EcmpKind.Modulo, Nothing).Single().Table;
        EcmpMap[] maps = [.. kinds.Select(kind => Fleet.Router(options, kind))];
        FlowSource source = new(options.Seed);
        Loads total = new(options, maps.Length);
        FlowBlocks.Run(options, () => new Loads(options, maps.Length), (loads, first, end) => Count(loads, source, table, maps, first, end), total.Add, progress, cancel);
        long[] entries = new long[options.Backends];
        foreach (ushort backend in table) entries[backend]++;
        return
        [
            Balance.Of("entries per backend", entries),
            Balance.Of("flows per backend", total.Backends),
            .. kinds.Select((kind, at) => Balance.Of($"flows per balancer, {kind.ToString().ToLowerInvariant()}", total.Balancers[at])),
        ];
    }

    private static EventScript Nothing { get; } = new("", "", []);

    private static Loads Count(Loads loads, FlowSource source, ushort[] table, EcmpMap[] maps, long first, long end)
    {
        for (long flow = first; flow < end; flow++)
        {
            source.Hash(flow, out ulong hash, out ulong path);
            loads.Backends[table[FlowHash.Reduce(hash, (uint)table.Length)]]++;
            for (int at = 0; at < maps.Length; at++) loads.Balancers[at][maps[at].Balancer(path)]++;
        }

        return loads;
    }

    private sealed class Loads(SimulationOptions options, int kinds)
    {
        public long[] Backends { get; } = new long[options.Backends];

        public long[][] Balancers { get; } = [.. Enumerable.Range(0, kinds).Select(_ => new long[options.Balancers])];

        public void Add(Loads other)
        {
            for (int i = 0; i < Backends.Length; i++) Backends[i] += other.Backends[i];
            for (int at = 0; at < Balancers.Length; at++)
            {
                for (int i = 0; i < Balancers[at].Length; i++) Balancers[at][i] += other.Balancers[at][i];
            }
        }
    }
}
