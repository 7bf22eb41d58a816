using System.Collections.Immutable;
using RustyRail.Actors.Pools;
using RustyRail.Contract;
using RustyRail.Contract.Maglev;
using static RustyRail.Actors.Protocol.TablesProtocol;

namespace RustyRail.Actors.Tables;

/// <summary>Which tables a state needs built, and the building. Pure; runs on any thread.</summary>
internal static class TableBuilds
{
    /// <summary>Tables that still fit are kept, the others are built, several at a time where there are the cores for it.</summary>
    public static TablesBuilt Complete(PoolsChanged state, ImmutableSortedDictionary<PoolId, TableBuilt> known, int parallel)
    {
        TableBuilt[] tables = new TableBuilt[state.Pools.Count];
        PoolLiveSet[] pools = [.. state.Pools.Values];
        Parallel.For(0, pools.Length, new ParallelOptions { MaxDegreeOfParallelism = parallel }, i =>
            tables[i] = TryKeep(pools[i], known) ?? Build(pools[i]));
        return new(state, tables.ToImmutableSortedDictionary(table => table.LiveSet.Pool, table => table));
    }

    public static bool NeedsWork(PoolsChanged state, ImmutableSortedDictionary<PoolId, TableBuilt> known) =>
        state.Pools.Values.Any(pool => TryKeep(pool, known) is null);

    public static TableBuilt Build(PoolLiveSet pool)
    {
        string[] names = [.. pool.TakesNew.Select(backend => backend.Backend.Name)];
        int[] weights = [.. pool.TakesNew.Select(backend => backend.Weight)];
        ushort[] entries = MaglevBuilder.Build(names, weights, pool.TableSize);
        return new(pool, entries, TableDigest.Of(names, entries));
    }

    private static TableBuilt? TryKeep(PoolLiveSet pool, ImmutableSortedDictionary<PoolId, TableBuilt> known)
    {
        if (!known.TryGetValue(pool.Pool, out TableBuilt? table) || !PoolLiveSets.HaveSameTable(pool, table.LiveSet)) return null;
        return ReferenceEquals(pool, table.LiveSet) ? table : table with { LiveSet = pool };
    }
}
