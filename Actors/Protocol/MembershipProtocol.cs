using System.Collections.Immutable;

namespace RustyRail.Actors.Protocol;

/// <summary>Who is in the cluster, as this node sees it.</summary>
public static class MembershipProtocol
{
    /// <summary>Asks for one <see cref="MembershipReport"/>.</summary>
    public sealed record GetMembership;

    /// <summary>What this node forwards by now; told to the other nodes. From whoever knows it, after each publication.</summary>
    public sealed record AnnounceNode(long Generation, string SpecDigest, string TableDigest);

    /// <param name="Stale">Some member is unreachable, or this node is in no cluster yet: it forwards on, with what it last knew.</param>
    public sealed record MembershipReport(ImmutableArray<ClusterMember> Members, bool Stale);

    /// <param name="Status"><c>up</c>, <c>joining</c>, <c>leaving</c>, <c>unreachable</c>.</param>
    public sealed record ClusterMember(string Node, string Status, long Generation, string SpecDigest, string TableDigest);
}
