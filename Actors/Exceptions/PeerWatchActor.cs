using Akka.Actor;
using Akka.Cluster;
using RustyRail.Actors.Membership;
using static RustyRail.Actors.Protocol.ExceptionsProtocol;

namespace RustyRail.Actors.Exceptions;

/// <summary>Turns the cluster's events into peers of the exceptions actor: who is there by name, and who is out of reach.</summary>
internal sealed class PeerWatchActor : ReceiveActor
{
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly Dictionary<string, UniqueAddress> _found = [];

    public PeerWatchActor()
    {
        Receive<ClusterEvent.MemberJoined>(joined => Find(joined.Member));
        Receive<ClusterEvent.MemberWeaklyUp>(up => Find(up.Member));
        Receive<ClusterEvent.MemberUp>(up => Find(up.Member));
        Receive<ClusterEvent.ReachableMember>(reachable => Find(reachable.Member));
        Receive<ClusterEvent.UnreachableMember>(unreachable => Lose(unreachable.Member));
        Receive<ClusterEvent.MemberLeft>(_ => { }); // it forwards and tells until it exits
        Receive<ClusterEvent.MemberExited>(exited => Lose(exited.Member));
        Receive<ClusterEvent.MemberDowned>(downed => Lose(downed.Member));
        Receive<ClusterEvent.MemberRemoved>(removed => Lose(removed.Member));
    }

    protected override void PreStart() =>
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void Find(Member member)
    {
        if (member.UniqueAddress == _cluster.SelfUniqueAddress)
        {
            // Joining is not enough: by then it may have heard of itself alone.
            if (member.Status is MemberStatus.Up or MemberStatus.WeaklyUp) Context.Parent.Tell(new PeersKnown());
            return;
        }

        string node = MembershipView.NameOf(member);
        if (_found.TryGetValue(node, out UniqueAddress? known) && known == member.UniqueAddress) return;
        _found[node] = member.UniqueAddress;
        Context.Parent.Tell(new PeerFound(node, Context.ActorSelection(new RootActorPath(member.Address) / "user" / ExceptionsActor.Name)));
    }

    /// <summary>A node that came back at another address is not lost with its former one.</summary>
    private void Lose(Member member)
    {
        string node = MembershipView.NameOf(member);
        if (!_found.TryGetValue(node, out UniqueAddress? known) || known != member.UniqueAddress) return;
        _found.Remove(node);
        Context.Parent.Tell(new PeerLost(node));
    }
}
