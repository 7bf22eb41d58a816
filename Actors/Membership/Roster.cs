using System.Collections.Immutable;
using System.Net;
using Akka.DistributedData;

namespace RustyRail.Actors.Membership;

/// <summary>Numbers are part of the stored format.</summary>
internal enum Presence : byte
{
    /// <summary>Belongs to the cluster, whether it is reachable or not.</summary>
    Expected = 1,

    /// <summary>Has left in order and may come back.</summary>
    Left = 2,

    /// <summary>An operator said that it does not come back. If it does all the same, it is expected again.</summary>
    Forgotten = 3,
}

/// <param name="Version">The later one wins, whoever wrote it.</param>
/// <param name="Address">Where it listened last: <c>192.0.2.1:4053</c>.</param>
internal sealed record RosterEntry(long Version, Presence Presence, string Address);

/// <summary>Which nodes belong to the cluster, by name; durable, so that a node that starts knows whom to look for.</summary>
internal sealed class Roster(ImmutableSortedDictionary<string, RosterEntry> byNode) : IReplicatedData<Roster>, IEquatable<Roster>
{
    public static Roster Empty { get; } = new(ImmutableSortedDictionary.Create<string, RosterEntry>(StringComparer.Ordinal));

    public ImmutableSortedDictionary<string, RosterEntry> ByNode { get; } = byNode;

    public IEnumerable<string> Expected => ByNode.Where(entry => entry.Value.Presence == Presence.Expected).Select(entry => entry.Key);

    /// <summary>Of all that might still be somewhere.</summary>
    public ImmutableArray<IPEndPoint> Addresses() =>
    [
        .. ByNode.Values.Where(entry => entry.Presence != Presence.Forgotten)
            .Select(entry => IPEndPoint.TryParse(entry.Address, out IPEndPoint? address) ? address : null)
            .OfType<IPEndPoint>(),
    ];

    /// <summary>One entry, later than the one that is here; null when it says the same.</summary>
    public Roster? Change(string node, Presence presence, string? address = null)
    {
        RosterEntry? now = ByNode.GetValueOrDefault(node);
        string place = address ?? now?.Address ?? "";
        if (now is not null && now.Presence == presence && now.Address == place) return null;
        return new Roster(Empty.ByNode.Add(node, new RosterEntry((now?.Version ?? 0) + 1, presence, place)));
    }

    public Roster Merge(Roster other)
    {
        var merged = ByNode.ToBuilder();
        foreach ((string node, RosterEntry entry) in other.ByNode)
        {
            if (!merged.TryGetValue(node, out RosterEntry? mine) || IsLater(entry, mine)) merged[node] = entry;
        }

        return new Roster(merged.ToImmutable());
    }

    public IReplicatedData Merge(IReplicatedData other) => Merge((Roster)other);

    public bool Equals(Roster? other) => other is not null && ByNode.SequenceEqual(other.ByNode);

    public override bool Equals(object? obj) => Equals(obj as Roster);

    public override int GetHashCode() => ByNode.Count;

    // Of two at once: the node's own word, which is "expected", then any order that all share.
    private static bool IsLater(RosterEntry entry, RosterEntry mine) =>
        entry.Version != mine.Version ? entry.Version > mine.Version
        : entry.Presence != mine.Presence ? entry.Presence < mine.Presence
        : string.CompareOrdinal(entry.Address, mine.Address) > 0;
}

internal sealed class RosterKey(string id) : Key<Roster>(id)
{
    /// <summary>Also for <c>durable.keys</c>.</summary>
    public const string Name = "roster";

    public static RosterKey Instance { get; } = new(Name);
}
