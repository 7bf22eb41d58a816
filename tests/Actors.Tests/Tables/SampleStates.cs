using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using RustyRail.Actors.Pools;
using RustyRail.Actors.Tables;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using static RustyRail.Actors.Protocol.BackendHealthProtocol;
using static RustyRail.Actors.Protocol.CatalogueProtocol;
using static RustyRail.Actors.Protocol.TablesProtocol;

namespace Actors.Tests.Tables;

/// <summary>States as the pool stage tells them; all healthy but those named.</summary>
internal static class SampleStates
{
    private static readonly ImmutableSortedDictionary<PoolId, PoolLiveSet> NoSets = ImmutableSortedDictionary<PoolId, PoolLiveSet>.Empty;
    private static readonly ImmutableSortedDictionary<PoolId, TableBuilt> NoTables = ImmutableSortedDictionary<PoolId, TableBuilt>.Empty;

    public static PoolsChanged State(params PoolSpec[] pools) => State(SampleSpecs.CatalogueOf(pools));

    public static PoolsChanged State(CatalogueSpec spec, params BackendId[] down)
    {
        CatalogueChanged changed = SampleSpecs.Changed(spec);
        HealthReport health = new(
            spec.Pools.Values.SelectMany(pool => pool.Backends.Keys)
                .ToImmutableSortedDictionary(id => id, id => new HealthState(down.Contains(id) ? Health.Down : Health.Up, "", default)),
            FirstRoundDone: true);
        return new(changed.Spec, changed.SpecDigest, PoolLiveSets.Decide(spec, health, NoSets), health);
    }

    public static TablesBuilt Built(this PoolsChanged state) => TableBuilds.Complete(state, NoTables, parallel: 1);

    public static NextHop Hop(string address) => new(
        IPAddress.Parse(address),
        PhysicalAddress.Parse("02-00-00-00-00-01"),
        PhysicalAddress.Parse("02-00-00-00-00-02"),
        IPAddress.Parse("192.0.2.254"),
        1500,
        Problem: null);

    public static NextHopsChanged Hops(params string[] addresses) => new(addresses.Select(Hop).ToImmutableDictionary(hop => hop.Destination));
}
