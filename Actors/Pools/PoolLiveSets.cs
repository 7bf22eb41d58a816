using System.Collections.Immutable;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using static RustyRail.Actors.Protocol.BackendHealthProtocol;
using static RustyRail.Actors.Protocol.TablesProtocol;

namespace RustyRail.Actors.Pools;

/// <summary>Catalogue and health decide who takes new and who keeps established flows. Pure.</summary>
internal static class PoolLiveSets
{
    /// <param name="before">The last decision: sets that read the same are handed on as they are, and tables made of them can stay.</param>
    public static ImmutableSortedDictionary<PoolId, PoolLiveSet> Decide(
        CatalogueSpec spec, HealthReport health, ImmutableSortedDictionary<PoolId, PoolLiveSet> before) =>
        spec.Pools.Values.Select(pool => Decide(pool, health))
            .Select(set => before.TryGetValue(set.Pool, out PoolLiveSet? last) && AreSame(set, last) ? last : set)
            .ToImmutableSortedDictionary(set => set.Pool, set => set);

    public static PoolLiveSet Decide(PoolSpec pool, HealthReport report)
    {
        bool failOpen = pool.OnTooFew == OnTooFew.KeepAll
            && pool.Backends.Values.Count(backend => backend.State == BackendState.Active && IsFitForNew(HealthOf(backend, report), report)) < pool.MinHealthy;

        var takesNew = ImmutableArray.CreateBuilder<WeightedBackend>();
        var takesEstablished = ImmutableArray.CreateBuilder<BackendId>();
        foreach (BackendSpec backend in pool.Backends.Values)
        {
            Health health = HealthOf(backend, report);
            bool isWanted = backend.State == BackendState.Active && backend.Weight > 0;
            if (isWanted && (failOpen || IsFitForNew(health, report))) takesNew.Add(new(backend.Id, backend.Weight));
            if (failOpen || health != Health.Down) takesEstablished.Add(backend.Id);
        }

        return new(pool.Id, pool.TableSize, takesNew.ToImmutable(), takesEstablished.ToImmutable());
    }

    public static bool HaveSameTable(PoolLiveSet one, PoolLiveSet other) =>
        ReferenceEquals(one, other) || (one.Pool == other.Pool && one.TableSize == other.TableSize && one.TakesNew.SequenceEqual(other.TakesNew));

    private static bool AreSame(PoolLiveSet one, PoolLiveSet other) => HaveSameTable(one, other) && one.TakesEstablished.SequenceEqual(other.TakesEstablished);

    /// <summary>
    /// While the node starts, an unknown backend counts as up: the others know no better. Later it can only be a newcomer, and waits for
    /// its first probe - a few milliseconds, if it is well.
    /// </summary>
    private static bool IsFitForNew(Health health, HealthReport report) => health == Health.Up || (health == Health.Unknown && !report.FirstRoundDone);

    private static Health HealthOf(BackendSpec backend, HealthReport report) =>
        report.Backends.TryGetValue(backend.Id, out HealthState? state) ? state.Health : Health.Unknown;
}
