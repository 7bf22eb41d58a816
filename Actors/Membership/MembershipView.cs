using System.Collections.Immutable;
using Akka.Cluster;
using static RustyRail.Actors.Protocol.MembershipProtocol;

namespace RustyRail.Actors.Membership;

/// <summary>What Akka.Cluster knows and what the nodes say of themselves, put together. Pure.</summary>
internal static class MembershipView
{
    // A member's roles travel with its membership: the name is known before the node says anything.
    private const string NameRole = "node-";

    public static string RoleOf(string node) => NameRole + node;

    public static MembershipReport Report(ClusterEvent.CurrentClusterState cluster, NodeStates states)
    {
        ImmutableArray<ClusterMember> members =
        [
            .. cluster.Members
                .Where(member => member.Status != MemberStatus.Removed)
                .Select(member => Describe(member, cluster, states))
                .OrderBy(member => member.Node, StringComparer.Ordinal),
        ];
        return new MembershipReport(members, Stale: !cluster.Unreachable.IsEmpty || members.IsEmpty);
    }

    private static ClusterMember Describe(Member member, ClusterEvent.CurrentClusterState cluster, NodeStates states)
    {
        string node = NameOf(member);
        NodeState said = states.ByNode.GetValueOrDefault(node) ?? new NodeState(0, 0, "", "");
        string status = cluster.Unreachable.Contains(member) ? "unreachable" : Word(member.Status);
        return new ClusterMember(node, status, said.Generation, said.SpecDigest, said.TableDigest);
    }

    public static string NameOf(Member member) =>
        member.Roles.FirstOrDefault(role => role.StartsWith(NameRole, StringComparison.Ordinal))?[NameRole.Length..] ?? member.Address.ToString();

    private static string Word(MemberStatus status) => status switch
    {
        MemberStatus.Joining or MemberStatus.WeaklyUp => "joining",
        MemberStatus.Up => "up",
        _ => "leaving",
    };
}
