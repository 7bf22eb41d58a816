using System.Collections.Immutable;

namespace RustyRail.Actors.Protocol;

/// <summary>Who is in the cluster, as this node sees it.</summary>
public static class MembershipProtocol
{
    public sealed record GetMembership;

    /// <param name="Stale">Some member is unreachable: this node forwards on, with what it last knew.</param>
    public sealed record MembershipReport(ImmutableArray<ClusterMember> Members, bool Stale);

    /// <param name="Status"><c>up</c>, <c>joining</c>, <c>leaving</c>, <c>unreachable</c>.</param>
    public sealed record ClusterMember(string Node, string Status, long Generation, string SpecDigest, string TableDigest);
}
