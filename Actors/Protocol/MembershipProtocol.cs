using System.Collections.Immutable;

namespace RustyRail.Actors.Protocol;

/// <summary>Who is in the cluster, as this node sees it.</summary>
public static class MembershipProtocol
{
    /// <summary>Asks for one <see cref="MembershipReport"/>.</summary>
    public sealed record GetMembership;

    /// <summary>This node leaves its cluster in order, and its ActorSystem ends with that.</summary>
    public sealed record LeaveCluster;

    /// <summary>What this node forwards by now; told to the other nodes. From whoever knows it, after each publication.</summary>
    public sealed record AnnounceNode(long Generation, string SpecDigest, string TableDigest);

    /// <summary>The operator's word that a node does not come back. Answered with <see cref="NodeForgotten"/> or <see cref="NodeNotForgotten"/>.</summary>
    /// <param name="Force">Also one that can be reached: it starts a new incarnation and joins again.</param>
    public sealed record ForgetNode(string Node, bool Force);

    public sealed record NodeForgotten(string Node);

    public sealed record NodeNotForgotten(string Reason);

    /// <param name="Stale">Some node that belongs to the cluster is not in reach, or this node is in none yet: it forwards on, with what it last knew.</param>
    /// <param name="Settled">
    /// This node has, or had since its actors started, the same specification as another node that it reaches; or it reaches none. Before, its catalogue may be
    /// yesterday's and it is not ready.
    /// </param>
    public sealed record MembershipReport(ImmutableArray<ClusterMember> Members, bool Stale, bool Settled);

    /// <param name="Status"><c>up</c>, <c>joining</c>, <c>leaving</c>, <c>unreachable</c>, <c>absent</c> (expected, and not in the cluster).</param>
    public sealed record ClusterMember(string Node, string Status, long Generation, string SpecDigest, string TableDigest);
}
