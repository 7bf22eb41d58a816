using System.Collections.Immutable;
using Akka.Cluster;
using static RustyRail.Actors.Protocol.MembershipProtocol;

namespace RustyRail.Actors.Membership;

/// <summary>What Akka.Cluster knows, who is expected, and what the nodes say of themselves, put together. Pure.</summary>
internal static class MembershipView
{
    // A member's roles travel with its membership: the name is known before the node says anything.
    private const string NameRole = "node-";

    private const string Up = "up";

    public static string RoleOf(string node) => NameRole + node;

    public static MembershipReport Report(ClusterEvent.CurrentClusterState cluster, Roster roster, NodeStates states)
    {
        ClusterMember[] present =
        [
            .. cluster.Members
                .Where(member => member.Status != MemberStatus.Removed)
                .GroupBy(NameOf)
                .Select(node => node.OrderBy(member => member.Status == MemberStatus.Down).First())
                .Select(member => Describe(NameOf(member), cluster.Unreachable.Contains(member) ? "unreachable" : Word(member.Status), states)),
        ];
        ClusterMember[] absent = [.. roster.Expected.Except(present.Select(member => member.Node)).Select(node => Describe(node, "absent", states))];
        return new MembershipReport(
            [.. present.Concat(absent).OrderBy(member => member.Node, StringComparer.Ordinal)],
            Stale: !cluster.Unreachable.IsEmpty || present.Length == 0 || absent.Length > 0,
            Settled: false);
    }

    /// <summary>See <see cref="MembershipReport.Settled"/>, of this moment.</summary>
    public static bool IsSettled(MembershipReport report, string self)
    {
        if (report.Members.FirstOrDefault(member => member.Node == self) is not { Status: Up } own) return false;
        ClusterMember[] others = [.. report.Members.Where(member => member.Node != self && member.Status == Up)];
        return others.Length == 0 || (own.SpecDigest.Length > 0 && others.Any(other => other.SpecDigest == own.SpecDigest));
    }

    public static string NameOf(Member member) =>
        member.Roles.FirstOrDefault(role => role.StartsWith(NameRole, StringComparison.Ordinal))?[NameRole.Length..] ?? member.Address.ToString();

    private static ClusterMember Describe(string node, string status, NodeStates states)
    {
        NodeState said = states.ByNode.GetValueOrDefault(node) ?? new NodeState(0, 0, "", "");
        return new ClusterMember(node, status, said.Generation, said.SpecDigest, said.TableDigest);
    }

    // Weakly up: some other member is unreachable, and this one works all the same.
    private static string Word(MemberStatus status) => status switch
    {
        MemberStatus.Joining => "joining",
        MemberStatus.Up or MemberStatus.WeaklyUp => Up,
        _ => "leaving",
    };
}
