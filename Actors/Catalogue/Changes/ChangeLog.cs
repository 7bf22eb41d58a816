using System.Collections.Immutable;
using Akka.DistributedData;
using RustyRail.Actors.Catalogue.Replication;

namespace RustyRail.Actors.Catalogue.Changes;

/// <summary>
/// The last changes of the catalogue, a replicated value of its own key. Kept are the 50 latest by stamp and, from the newest on, as many of their entries
/// as fit. Both follow from the set of changes alone, and what was dropped once would be dropped again: so nodes agree whatever order they merge in.
/// </summary>
internal sealed class ChangeLog : IReplicatedData<ChangeLog>, IEquatable<ChangeLog>
{
    public const int MaxChanges = 50;

    /// <summary>Of all changes together. The whole log travels with every change, beside the entries themselves.</summary>
    public const int MaxPackedBytes = 512 << 10;

    private ChangeLog(ImmutableSortedDictionary<Stamp, Change> changes) => Changes = changes;

    public static ChangeLog Empty { get; } = new(ImmutableSortedDictionary<Stamp, Change>.Empty);

    public ImmutableSortedDictionary<Stamp, Change> Changes { get; }

    public IEnumerable<Change> NewestFirst => Changes.Values.Reverse();

    public static ChangeLog Of(params IEnumerable<Change> changes) => Kept(changes.ToDictionary(change => change.Stamp));

    public ChangeLog Merge(ChangeLog other)
    {
        if (Contains(other)) return this;
        var union = Changes.ToDictionary();
        foreach ((Stamp stamp, Change change) in other.Changes)
        {
            if (change.Entries is null || !union.ContainsKey(stamp)) union[stamp] = change;
        }

        return Kept(union);
    }

    public IReplicatedData Merge(IReplicatedData other) => Merge((ChangeLog)other);

    /// <summary>True when merging <paramref name="edit"/> would change nothing.</summary>
    public bool Contains(ChangeLog edit) => edit.Changes.Values.All(change => Changes.TryGetValue(change.Stamp, out Change? mine)
        ? mine.Entries is null || change.Entries is not null
        : Changes.Count >= MaxChanges && change.Stamp.CompareTo(Changes.Keys.First()) < 0);

    /// <summary>An undone undo leaves the change in effect.</summary>
    public bool IsUndone(Stamp stamp) => Changes.Values.Any(change => change.Undoes == stamp && !IsUndone(change.Stamp));

    public bool Equals(ChangeLog? other) => other is not null && Changes.SequenceEqual(other.Changes);

    public override bool Equals(object? obj) => Equals(obj as ChangeLog);

    public override int GetHashCode() => Changes.Count;

    private static ChangeLog Kept(Dictionary<Stamp, Change> changes)
    {
        var kept = ImmutableSortedDictionary.CreateBuilder<Stamp, Change>();
        int packedBytes = 0;
        foreach (Change change in changes.Values.OrderByDescending(change => change.Stamp).Take(MaxChanges))
        {
            packedBytes += change.PackedBytes;
            kept.Add(change.Stamp, packedBytes > MaxPackedBytes ? change with { Entries = null } : change);
        }

        return new ChangeLog(kept.ToImmutable());
    }
}

/// <summary>The one key of the change log; durable with the catalogue's (<see cref="CatalogueKey.DurablePattern"/>).</summary>
internal sealed class ChangeLogKey(string id) : Key<ChangeLog>(id)
{
    public static ChangeLogKey Instance { get; } = new("catalogue-changes");
}
