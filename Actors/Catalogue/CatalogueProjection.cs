using System.Collections.Immutable;
using RustyRail.Actors.Catalogue.Replication;
using RustyRail.Contract;
using RustyRail.Contract.Specification;

namespace RustyRail.Actors.Catalogue;

/// <summary>
/// From entries to a specification. Concurrent edits on two nodes can leave a backend or a service whose pool is gone: it is hidden, on every node alike.
/// </summary>
internal static class CatalogueProjection
{
    /// <summary>The one instance for pool settings without backends: records compare it by reference.</summary>
    public static ImmutableSortedDictionary<BackendId, BackendSpec> NoBackends => ImmutableSortedDictionary<BackendId, BackendSpec>.Empty;

    public static CatalogueSpec Project(CatalogueEntries latest)
    {
        var pools = new Dictionary<PoolId, PoolSpec>();
        var backends = new Dictionary<PoolId, ImmutableSortedDictionary<BackendId, BackendSpec>.Builder>();
        var services = ImmutableSortedDictionary.CreateBuilder<ServiceId, ServiceSpec>();

        // Ids sort by kind: pools come before what refers to them.
        foreach (Entry entry in latest.Map.Values)
        {
            switch (entry.Value)
            {
                case PoolEntry pool:
                    pools.Add(pool.Settings.Id, pool.Settings);
                    backends.Add(pool.Settings.Id, ImmutableSortedDictionary.CreateBuilder<BackendId, BackendSpec>());
                    break;
                case BackendEntry backend when backends.TryGetValue(backend.Backend.Id.Pool, out var ofPool):
                    ofPool.Add(backend.Backend.Id, backend.Backend);
                    break;
                case ServiceEntry service when pools.ContainsKey(service.Service.Pool):
                    services.Add(service.Service.Id, service.Service);
                    break;
            }
        }

        return new CatalogueSpec(
            pools.Values.ToImmutableSortedDictionary(pool => pool.Id, pool => pool with { Backends = backends[pool.Id].ToImmutable() }),
            services.ToImmutable());
    }
}
