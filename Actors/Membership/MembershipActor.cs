using Akka.Actor;
using Akka.Cluster;
using Akka.DistributedData;
using RustyRail.Actors.Hosting;
using static RustyRail.Actors.Protocol.FormationProtocol;
using static RustyRail.Actors.Protocol.MembershipProtocol;

namespace RustyRail.Actors.Membership;

/// <summary>Says who is in the cluster, tells the cluster what this node forwards by, keeps the roster.</summary>
public sealed class MembershipActor : ReceiveActor, IWithTimers
{
    // To all at once instead of by the next gossip, up to two seconds later.
    private static readonly WriteAll EveryNode = new(TimeSpan.FromSeconds(2));

    // Nodes whose specifications stay different have a fault that waiting does not mend.
    private static readonly TimeSpan SettlingLimit = TimeSpan.FromSeconds(30);

    private readonly string _node;
    private readonly IActorRef _door;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly IActorRef _replicator = DistributedData.Get(Context.System).Replicator;
    private NodeStates _states = NodeStates.Empty;
    private Roster _roster = Roster.Empty;
    private bool _settled;

    /// <param name="door">Waits for the former members' addresses.</param>
    public MembershipActor(string node, IActorRef door)
    {
        (_node, _door) = (node, door);
        Receive<GetMembership>(_ => Sender.Tell(Report()));
        Receive<AnnounceNode>(Announce);
        Receive<ForgetNode>(forget => Sender.Tell(Forget(forget)));
        Receive<Changed>(changed => changed.Key.Id == RosterKey.Name, changed => Learn((Roster)changed.Data));
        Receive<LeaveCluster>(_ => SystemEnd.Begin(Context.System, CoordinatedShutdown.ClusterLeavingReason.Instance));
        Receive<Changed>(changed => Learn((NodeStates)changed.Data));
        // The store has been read when this is answered.
        Receive<GetSuccess>(found => Learn(found.Get(RosterKey.Instance)));
        Receive<NotFound>(_ => TellDoor());
        // Gossip repeats what a write did not reach.
        Receive<IUpdateResponse>(_ => { });
        Receive<ClusterEvent.MemberRemoved>(removed =>
        {
            if (removed.PreviousStatus == MemberStatus.Exiting) Write(_roster.Change(MembershipView.NameOf(removed.Member), Presence.Left));
        });
        Receive<ClusterEvent.IMemberEvent>(_ => ExpectSelf());
        Receive<SettlingIsOver>(_ => _settled = true);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _replicator.Tell(Dsl.Subscribe(NodeStatesKey.Instance, Self));
        _replicator.Tell(Dsl.Subscribe(RosterKey.Instance, Self));
        _replicator.Tell(Dsl.Get(RosterKey.Instance, ReadLocal.Instance));
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private bool IsMember => _cluster.SelfMember.Status is MemberStatus.Up or MemberStatus.WeaklyUp;

    private MembershipReport Report()
    {
        MembershipReport report = MembershipView.Report(_cluster.State, _roster, _states);
        _settled |= MembershipView.IsSettled(report, _node);
        return report with { Settled = _settled };
    }

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

    private void Learn(Roster roster)
    {
        _roster = _roster.Merge(roster);
        TellDoor();
        ExpectSelf();
    }

    private void TellDoor() => _door.Tell(new FormerMembers(_roster.Addresses()));

    // Also when others have forgotten this node meanwhile: it is here.
    private void ExpectSelf()
    {
        if (!IsMember) return;
        if (!_settled && !Timers.IsTimerActive(nameof(SettlingIsOver))) Timers.StartSingleTimer(nameof(SettlingIsOver), SettlingIsOver.Instance, SettlingLimit);
        Write(_roster.Change(_node, Presence.Expected, $"{_cluster.SelfAddress.Host}:{_cluster.SelfAddress.Port}"));
    }

    private object Forget(ForgetNode forget)
    {
        if (forget.Node == _node) return new NodeNotForgotten($"{forget.Node} is this node: ask another one");
        ClusterEvent.CurrentClusterState state = _cluster.State;
        Member[] members = [.. state.Members.Where(member => MembershipView.NameOf(member) == forget.Node)];
        bool isKnown = members.Length > 0 || _roster.ByNode.GetValueOrDefault(forget.Node) is { Presence: not Presence.Forgotten };
        if (!isKnown) return new NodeNotForgotten($"{forget.Node} is not a node of this cluster");
        if (members.Any(member => !state.Unreachable.Contains(member)) && !forget.Force) return new NodeNotForgotten($"{forget.Node} can be reached: stop it first");

        foreach (Member member in members) _cluster.Down(member.Address);
        Write(_roster.Change(forget.Node, Presence.Forgotten));
        return new NodeForgotten(forget.Node);
    }

    private void Write(Roster? change)
    {
        if (change is null) return;
        _roster = _roster.Merge(change);
        TellDoor();
        _replicator.Tell(Dsl.Update(RosterKey.Instance, Roster.Empty, EveryNode, old => old.Merge(change)));
    }

    private sealed class SettlingIsOver
    {
        public static SettlingIsOver Instance { get; } = new();
    }
}
