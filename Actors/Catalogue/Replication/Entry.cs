using RustyRail.Contract.Specification;

namespace RustyRail.Actors.Catalogue.Replication;

/// <summary>What an entry says. Closed: a pool's settings, a backend or a service.</summary>
internal abstract record EntryValue;

/// <summary>A pool's own settings; its backends are entries of their own.</summary>
internal sealed record PoolEntry : EntryValue
{
    public PoolEntry(PoolSpec pool) => Settings = pool with { Backends = CatalogueProjection.NoBackends };

    public PoolSpec Settings { get; }
}

internal sealed record BackendEntry(BackendSpec Backend) : EntryValue;

internal sealed record ServiceEntry(ServiceSpec Service) : EntryValue;

/// <summary>
/// One replicated entry: a value, or a tombstone when <paramref name="Value"/> is null. Later <paramref name="Life"/> wins, then later
/// <paramref name="Edited"/>. An edit keeps the life of what it edits and a removal begins a new one; so a removal wins against every edit of what it
/// removed, however late, and only an addition made in knowledge of the removal (a still later life) wins against it.
/// </summary>
internal sealed record Entry(Stamp Life, Stamp Edited, EntryValue? Value)
{
    public static Entry Added(Stamp stamp, EntryValue value) => new(stamp, stamp, value);

    public static Entry Removed(Stamp stamp) => new(stamp, stamp, null);

    public bool IsTombstone => Value is null;

    public Entry WithValue(Stamp stamp, EntryValue value) => new(Life, stamp, value);

    public bool IsLaterThan(Entry other)
    {
        int byLife = Life.CompareTo(other.Life);
        return byLife > 0 || (byLife == 0 && Edited.CompareTo(other.Edited) > 0);
    }
}
