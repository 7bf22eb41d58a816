using System.Collections.Immutable;
using static RustyRail.Actors.Protocol.FormationProtocol;

namespace RustyRail.Actors.Formation;

internal enum Relation
{
    /// <summary>One cluster, or one that gossip has not quite reached everybody in.</summary>
    Same,

    /// <summary>It was this node's cluster, and goes on without it.</summary>
    Forgotten,

    /// <summary>Two clusters that arose while they could not see each other, and theirs is the one to be in.</summary>
    TheirsIsGreater,

    OursIsGreater,
}

/// <summary>How the cluster that a node is in relates to one that it hears of. Both sides come to opposite answers. Pure.</summary>
internal static class ClusterComparison
{
    public static Relation Compare(InsideMember self, ImmutableArray<InsideMember> ours, ImmutableArray<InsideMember> theirs)
    {
        if (theirs.Any(member => IsSame(member, self))) return Relation.Same;
        if (theirs.Any(member => ours.Any(mine => IsSame(mine, member)))) return Relation.Forgotten;

        int byCount = theirs.Count(member => member.Reachable).CompareTo(ours.Count(member => member.Reachable));
        if (byCount == 0) byCount = string.CompareOrdinal(Least(ours), Least(theirs));
        return byCount > 0 ? Relation.TheirsIsGreater : Relation.OursIsGreater;
    }

    private static bool IsSame(InsideMember one, InsideMember other) => one.Uid == other.Uid && one.Address == other.Address;

    private static string Least(ImmutableArray<InsideMember> members) => members.Select(member => member.Address).Order(StringComparer.Ordinal).FirstOrDefault("");
}
