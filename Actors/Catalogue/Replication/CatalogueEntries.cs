using System.Collections.Immutable;
using Akka.DistributedData;

namespace RustyRail.Actors.Catalogue.Replication;

/// <summary>
/// The replicated value of one key: per id the latest entry. Merging is commutative, associative and idempotent per id.
/// <paramref name="settled"/> (root key only, per author): backend entries stamped up to that counter have been copied to their pool's key on every
/// node and are dropped here, also when a slower node sends them again.
/// </summary>
internal sealed class CatalogueEntries(ImmutableSortedDictionary<EntryId, Entry> map, ImmutableSortedDictionary<string, long> settled)
    : IReplicatedData<CatalogueEntries>, IEquatable<CatalogueEntries>
{
    private static readonly ImmutableSortedDictionary<string, long> NothingSettled = ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal);

    public static CatalogueEntries Empty { get; } = new(ImmutableSortedDictionary<EntryId, Entry>.Empty, NothingSettled);

    public ImmutableSortedDictionary<EntryId, Entry> Map { get; } = map;

    public ImmutableSortedDictionary<string, long> Settled { get; } = settled;

    public static CatalogueEntries Of(IEnumerable<KeyValuePair<EntryId, Entry>> entries) => new(entries.ToImmutableSortedDictionary(), NothingSettled);

    /// <summary>Says that the backend entries of <paramref name="copied"/> need no longer be kept here.</summary>
    public static CatalogueEntries SettledUpTo(CatalogueEntries copied)
    {
        var counters = NothingSettled.ToBuilder();
        foreach ((EntryId id, Entry entry) in copied.Map)
        {
            if (id.Kind == EntryKind.Backend && entry.Edited.Counter > counters.GetValueOrDefault(entry.Edited.Node))
            {
                counters[entry.Edited.Node] = entry.Edited.Counter;
            }
        }

        return new CatalogueEntries(ImmutableSortedDictionary<EntryId, Entry>.Empty, counters.ToImmutable());
    }

    public CatalogueEntries Merge(CatalogueEntries other)
    {
        if (ReferenceEquals(this, other))
        {
            return this;
        }

        var settled = Settled.ToBuilder();
        foreach ((string node, long counter) in other.Settled)
        {
            settled[node] = Math.Max(counter, settled.GetValueOrDefault(node));
        }

        var map = Map.ToBuilder();
        foreach ((EntryId id, Entry entry) in other.Map)
        {
            if (!map.TryGetValue(id, out Entry? mine) || entry.IsLaterThan(mine))
            {
                map[id] = entry;
            }
        }

        var merged = new CatalogueEntries(map.ToImmutable(), settled.ToImmutable());
        return merged.Settled.IsEmpty ? merged : merged.WithoutSettled();
    }

    public IReplicatedData Merge(IReplicatedData other) => Merge((CatalogueEntries)other);

    /// <summary>True when merging <paramref name="edit"/> would change nothing: it is here already, or has been superseded.</summary>
    public bool Contains(CatalogueEntries edit) =>
        edit.Map.All(pair => IsSettled(pair.Key, pair.Value) || (Map.TryGetValue(pair.Key, out Entry? mine) && !pair.Value.IsLaterThan(mine)))
        && edit.Settled.All(pair => pair.Value <= Settled.GetValueOrDefault(pair.Key));

    public bool Equals(CatalogueEntries? other) =>
        ReferenceEquals(this, other) || (other is not null && Map.SequenceEqual(other.Map) && Settled.SequenceEqual(other.Settled));

    public override bool Equals(object? obj) => Equals(obj as CatalogueEntries);

    public override int GetHashCode() => HashCode.Combine(Map.Count, Settled.Count);

    private CatalogueEntries WithoutSettled()
    {
        EntryId[] gone = [.. Map.Where(pair => IsSettled(pair.Key, pair.Value)).Select(pair => pair.Key)];
        return gone.Length == 0 ? this : new CatalogueEntries(Map.RemoveRange(gone), Settled);
    }

    private bool IsSettled(EntryId id, Entry entry) =>
        id.Kind == EntryKind.Backend && Settled.TryGetValue(entry.Edited.Node, out long settled) && entry.Edited.Counter <= settled;
}
