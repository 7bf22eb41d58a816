using System.Collections.Immutable;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using static RustyRail.Actors.Protocol.CatalogueProtocol;

namespace RustyRail.ControlPlane.Hosting;

/// <summary>From what the targets' names said to what they say now, as single changes: what an operator drained or weighed meanwhile stays so.</summary>
internal static class TargetChanges
{
    public static ImmutableArray<ICatalogueCommand> Between(CatalogueSpec now, CatalogueSpec wanted)
    {
        var changes = ImmutableArray.CreateBuilder<ICatalogueCommand>();
        foreach (PoolSpec pool in wanted.Pools.Values)
        {
            ImmutableSortedDictionary<BackendId, BackendSpec> known = now.Pools.TryGetValue(pool.Id, out PoolSpec? current) ? current.Backends : pool.Backends.Clear();
            changes.AddRange(pool.Backends.Values.Where(backend => !known.ContainsKey(backend.Id)).Select(backend => new AddBackend(backend)));
            changes.AddRange(known.Keys.Where(id => !pool.Backends.ContainsKey(id)).Select(id => new RemoveBackend(id)));
        }

        return changes.ToImmutable();
    }
}
