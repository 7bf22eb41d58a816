using RustyRail.Actors.Catalogue.Replication;
using RustyRail.Contract;
using RustyRail.Contract.Specification;

namespace RustyRail.Actors.Catalogue;

/// <summary>What has to be written so that the catalogue equals a specification, and nothing more.</summary>
internal static class CatalogueDiff
{
    /// <returns>null when nothing differs.</returns>
    public static CatalogueEdit? Between(CatalogueEntries latest, CatalogueSpec target, Stamp stamp)
    {
        var changes = new List<KeyValuePair<EntryId, Entry>>();
        Dictionary<EntryId, EntryValue> wanted = Values(target);
        foreach ((EntryId id, EntryValue value) in wanted)
        {
            Entry? known = latest.Map.GetValueOrDefault(id);
            if (known is null or { IsTombstone: true })
            {
                changes.Add(new(id, Entry.Added(stamp, value)));
            }
            else if (known.Value != value)
            {
                changes.Add(new(id, known.WithValue(stamp, value)));
            }
        }

        // Also what is hidden for want of its pool: or it would reappear with the pool.
        foreach ((EntryId id, Entry entry) in latest.Map)
        {
            if (!entry.IsTombstone && !wanted.ContainsKey(id))
            {
                changes.Add(new(id, Entry.Removed(stamp)));
            }
        }

        return changes.Count == 0 ? null : CatalogueEdit.Of(changes);
    }

    /// <summary>A table size is fixed for a pool's life: another one would move nearly every flow.</summary>
    public static IEnumerable<string> ChangedTableSizes(CatalogueSpec current, CatalogueSpec target) =>
        from pool in target.Pools.Values
        let known = current.Pools.GetValueOrDefault(pool.Id)
        where known is not null && known.TableSize != pool.TableSize
        select $"pool {pool.Id}: tableSize {pool.TableSize} differs from {known.TableSize}, which is fixed for the pool's life; use a new pool name";

    private static Dictionary<EntryId, EntryValue> Values(CatalogueSpec spec)
    {
        var values = new Dictionary<EntryId, EntryValue>();
        foreach (PoolSpec pool in spec.Pools.Values)
        {
            values.Add(EntryId.Of(pool.Id), new PoolEntry(pool));
            foreach (BackendSpec backend in pool.Backends.Values)
            {
                values.Add(EntryId.Of(backend.Id), new BackendEntry(backend));
            }
        }

        foreach (ServiceSpec service in spec.Services.Values)
        {
            values.Add(EntryId.Of(service.Id), new ServiceEntry(service));
        }

        return values;
    }
}
