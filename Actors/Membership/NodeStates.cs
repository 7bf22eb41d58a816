using System.Collections.Immutable;
using Akka.DistributedData;

namespace RustyRail.Actors.Membership;

/// <summary>What a node says of itself. <paramref name="Version"/> counts its announcements, across its restarts.</summary>
internal sealed record NodeState(long Version, long Generation, string SpecDigest, string TableDigest);

/// <summary>What every node said last; each writes its own entry only. Not durable: it is true of running nodes.</summary>
internal sealed class NodeStates(ImmutableSortedDictionary<string, NodeState> byNode) : IReplicatedData<NodeStates>, IEquatable<NodeStates>
{
    public static NodeStates Empty { get; } = new(ImmutableSortedDictionary.Create<string, NodeState>(StringComparer.Ordinal));

    public ImmutableSortedDictionary<string, NodeState> ByNode { get; } = byNode;

    public NodeStates With(string node, NodeState state) => new(ByNode.SetItem(node, state));

    public NodeStates Merge(NodeStates other)
    {
        var merged = ByNode.ToBuilder();
        foreach ((string node, NodeState state) in other.ByNode)
        {
            if (!merged.TryGetValue(node, out NodeState? mine) || IsLater(state, mine)) merged[node] = state;
        }

        return new NodeStates(merged.ToImmutable());
    }

    public IReplicatedData Merge(IReplicatedData other) => Merge((NodeStates)other);

    public bool Equals(NodeStates? other) => other is not null && ByNode.SequenceEqual(other.ByNode);

    public override bool Equals(object? obj) => Equals(obj as NodeStates);

    public override int GetHashCode() => ByNode.Count;

    // Equal versions differ only right after a restart, until the node has met its own earlier entry: any order does that all nodes share.
    private static bool IsLater(NodeState state, NodeState mine) =>
        (state.Version, state.Generation).CompareTo((mine.Version, mine.Generation)) is var byNumber && byNumber != 0
            ? byNumber > 0
            : string.CompareOrdinal(state.SpecDigest + state.TableDigest, mine.SpecDigest + mine.TableDigest) > 0;
}

internal sealed class NodeStatesKey(string id) : Key<NodeStates>(id)
{
    public static NodeStatesKey Instance { get; } = new("nodes");
}
