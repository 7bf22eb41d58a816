using Akka.Actor;
using Akka.Cluster;
using Akka.DistributedData;
using static RustyRail.Actors.Protocol.MembershipProtocol;

namespace RustyRail.Actors.Membership;

/// <summary>Says who is in the cluster, and tells the cluster what this node forwards by.</summary>
public sealed class MembershipActor : ReceiveActor
{
    // To all at once instead of by the next gossip, up to two seconds later.
    private static readonly WriteAll EveryNode = new(TimeSpan.FromSeconds(2));

    private readonly string _node;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly IActorRef _replicator = DistributedData.Get(Context.System).Replicator;
    private NodeStates _states = NodeStates.Empty;

    public MembershipActor(string node)
    {
        _node = node;
        Receive<GetMembership>(_ => Sender.Tell(MembershipView.Report(_cluster.State, _states)));
        Receive<AnnounceNode>(Announce);
        Receive<Changed>(changed => Learn((NodeStates)changed.Data));
        // Gossip repeats what a write did not reach.
        Receive<IUpdateResponse>(_ => { });
    }

    protected override void PreStart() => _replicator.Tell(Dsl.Subscribe(NodeStatesKey.Instance, Self));

    private void Announce(AnnounceNode announced)
    {
        long version = (_states.ByNode.GetValueOrDefault(_node)?.Version ?? 0) + 1;
        _states = _states.With(_node, new NodeState(version, announced.Generation, announced.SpecDigest, announced.TableDigest));
        Replicate();
    }

    private void Learn(NodeStates states)
    {
        NodeState? mine = _states.ByNode.GetValueOrDefault(_node);
        _states = _states.Merge(states);
        NodeState? met = _states.ByNode.GetValueOrDefault(_node);

        // An entry of this node's earlier life, from the others: outdo it.
        if (mine is null || met is null || met == mine) return;
        _states = _states.With(_node, mine with { Version = met.Version + 1 });
        Replicate();
    }

    private void Replicate()
    {
        NodeStates mine = NodeStates.Empty.With(_node, _states.ByNode[_node]);
        _replicator.Tell(Dsl.Update(NodeStatesKey.Instance, NodeStates.Empty, EveryNode, old => old.Merge(mine)));
    }
}
