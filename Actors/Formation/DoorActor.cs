using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Remote;
using RustyRail.Actors.Hosting;
using RustyRail.Contract.Hashing;
using static RustyRail.Actors.Protocol.FormationProtocol;

namespace RustyRail.Actors.Formation;

/// <summary>
/// Brings this node into its cluster and keeps it there: knocks at seeds and former members, joins where somebody is inside, begins a cluster when nobody
/// will. Inside, it goes on knocking at those it misses: of two clusters that arose in a partition the lesser one's nodes come over, each by a new
/// incarnation. Answers the knocks of others, and hands over the key. Akka.Cluster itself does the joining.
/// </summary>
internal sealed class DoorActor : ReceiveActor, IWithTimers
{
    public const string Name = "door";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan JoinPatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SilencePatience = TimeSpan.FromSeconds(10);

    // Gossip about a node that has just joined needs less, also between busy machines.
    private static readonly TimeSpan GossipPatience = TimeSpan.FromSeconds(8);

    private readonly ClusterOptions _options;
    private readonly ClusterMemory _memory;
    private readonly TlsRefusals _refusals;
    private readonly TimeProvider _time;
    private readonly OncePerMinute _often;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Neighbourhood _neighbours;
    private readonly Doorstep _doorstep;
    private readonly long _since;
    private bool _decides;
    private bool _regrouping;
    private long? _forgottenSince;
    private long _joining;
    private Address? _joined;

    public DoorActor(ClusterOptions options, ClusterMemory memory, TlsRefusals refusals, TimeProvider time)
    {
        (_options, _memory, _refusals, _time) = (options, memory, refusals, time);
        _often = new OncePerMinute(time);
        _neighbours = new Neighbourhood(_cluster.SelfAddress, options.Seeds, time);
        _doorstep = new Doorstep(time);
        _since = time.GetTimestamp();
        // A node without a key has no former members to wait for.
        _decides = memory.Key is null;

        Receive<Knock>(Answer);
        Receive<TurnedAway>(turned => Hear(turned, () => Say(Sender.Path.Address, TurnedAwayLine(turned))));
        Receive<Outside>(outside => Hear(outside));
        Receive<Inside>(inside => Hear(inside, () => Enter(inside)));
        Receive<FormerMembers>(former =>
        {
            _neighbours.Remember(former.Addresses);
            if (_decides) return;
            _decides = true;
            Look();
        });
        Receive<Tick>(_ => Look());
        Receive<GetDoor>(_ => Sender.Tell(new DoorReport([.. Problems()])));
        Receive<ThisActorSystemQuarantinedEvent>(gone => Regroup($"{gone.RemoteAddress} has gone on without this node"));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private bool IsInside => _cluster.SelfMember.Status is MemberStatus.Up or MemberStatus.WeaklyUp or MemberStatus.Joining or MemberStatus.Leaving or MemberStatus.Exiting;

    private NodeCard Card => new(
        _options.Format, OldestFormat, ClusterFormat.Program, _options.Node, _cluster.SelfUniqueAddress.Uid, ClusterMemory.FingerprintOf(_memory.Key));

    private int OldestFormat => Math.Max(ClusterFormat.Oldest, _memory.CatalogueFormat);

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
        Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, TimeSpan.Zero, Interval);
    }

    private void Look()
    {
        if (!_decides || _regrouping) return;
        if (_cluster.IsTerminated)
        {
            Regroup("this node was removed");
            return;
        }

        if (IsInside) LookFromInside();
        else LookFromOutside();
    }

    private void LookFromOutside()
    {
        foreach (Address target in _neighbours.Targets()) KnockAt(target);
        if (_joined is not null && _time.GetElapsedTime(_joining) < JoinPatience) return;

        TimeSpan waited = _time.GetElapsedTime(_since);
        switch (FormationDecider.Decide(_neighbours.LookAround(_memory.Key is not null, waited)))
        {
            case FormationStep.Join join when _memory.Key is not null:
                Join(join.Address);
                break;
            case FormationStep.Found when _memory.Key is null:
                _memory.Found();
                Regroup("this node begins a new cluster");
                break;
            case FormationStep.Found:
                if (!_neighbours.IsEmpty) _log.Warning("Cluster: nobody else is in one, this node begins");
                Join(_cluster.SelfAddress);
                break;
            case FormationStep.Wait when waited > SilencePatience && _neighbours.Heard().IsEmpty && _often.Admits("silence"):
                _log.Warning("Cluster {0}: {1}", Context.System.Name, SilenceLine());
                break;
        }
    }

    private void LookFromInside()
    {
        ClusterEvent.CurrentClusterState state = _cluster.State;
        HashSet<Address> near = [.. state.Members.Where(member => !state.Unreachable.Contains(member)).Select(member => member.Address)];
        foreach (Address target in _neighbours.Targets().Where(target => !near.Contains(target))) KnockAt(target);
        foreach (Member member in _doorstep.InTheWay(state, _cluster.SelfAddress))
        {
            _log.Warning("Cluster: {0} is unreachable and would keep a restarted node out; it is put aside until it can be reached", Place(member.Address));
            _cluster.Down(member.Address);
        }
    }

    private void Hear(IFormationMessage said, Action? then = null)
    {
        _neighbours.Hear(Sender.Path.Address, said);
        then?.Invoke();
    }

    private void Enter(Inside inside)
    {
        Address there = Sender.Path.Address;
        if (Quarrel(inside.Card) is { } quarrel)
        {
            // Not to be joined, and not to be waited for.
            _neighbours.Hear(there, new TurnedAway(inside.Card, quarrel, IsInside: true));
            Say(there, $"the cluster of {inside.Card.Node} is another: {quarrel}");
        }
        else if (_memory.Key is null && inside.Key is { } key)
        {
            _memory.Adopt(key);
            Regroup($"{inside.Card.Node} has handed over the cluster's key");
        }
        else if (IsInside)
        {
            Compare(inside);
        }
        else if (_joined is null)
        {
            Look();
        }
    }

    private void Compare(Inside inside)
    {
        ImmutableArray<InsideMember> ours = Members();
        InsideMember self = ours.First(member => member.Uid == _cluster.SelfUniqueAddress.Uid);
        Relation relation = ClusterComparison.Compare(self, ours, inside.Members);
        _forgottenSince = relation == Relation.Forgotten ? _forgottenSince ?? _time.GetTimestamp() : null;
        if (relation == Relation.TheirsIsGreater) Regroup($"{inside.Card.Node} is in a greater cluster");
        else if (_forgottenSince is { } since && _time.GetElapsedTime(since) > GossipPatience) Regroup($"the cluster of {inside.Card.Node} has gone on without this node");
    }

    private void Answer(Knock knock)
    {
        string? quarrel = Quarrel(knock.Card);
        Address there = Sender.Path.Address;
        if (quarrel is not null) Say(there, $"{knock.Card.Node} is turned away: {quarrel}");
        else _doorstep.Stands(there, knock.Card.Uid);
        FlowHashKey? handed = knock.Card.HasKey ? null : _memory.Key;
        Sender.Tell(quarrel is not null ? new TurnedAway(Card, quarrel, IsInside) : IsInside ? new Inside(Card, Members(), handed) : new Outside(Card));
    }

    /// <summary>Why that node and this one cannot be in one cluster. The same on both sides.</summary>
    private string? Quarrel(NodeCard other)
    {
        if (other.OldestFormat > _options.Format || other.Format < OldestFormat)
            return $"{other.Node} has rustyrail {other.Program} (cluster format {other.Format}), {_options.Node} has {ClusterFormat.Program} ({_options.Format}): they do not understand each other";
        string mine = ClusterMemory.FingerprintOf(_memory.Key);
        return other.HasKey && mine.Length > 0 && other.KeyFingerprint != mine
            ? $"{other.Node} and {_options.Node} have different cluster keys (to join as a new node: stop it, move its data directory away, start it)"
            : null;
    }

    private ImmutableArray<InsideMember> Members()
    {
        ClusterEvent.CurrentClusterState state = _cluster.State;
        ImmutableArray<InsideMember> members =
            [.. state.Members.Select(member => new InsideMember(Place(member.Address), member.UniqueAddress.Uid, !state.Unreachable.Contains(member)))];
        // This node's own view may lag behind its own membership.
        return members.Any(member => member.Uid == _cluster.SelfUniqueAddress.Uid)
            ? members
            : members.Add(new InsideMember(Place(_cluster.SelfAddress), _cluster.SelfUniqueAddress.Uid, true));
    }

    private void Join(Address address)
    {
        (_joined, _joining) = (address, _time.GetTimestamp());
        _cluster.Join(address);
    }

    private void Regroup(string why)
    {
        if (_regrouping) return;
        _regrouping = true;
        _log.Warning("Cluster: {0}", why);
        Context.System.Settings.Setup.Get<ClusterSetup>().Value.RegroupedBecause = why;
        SystemEnd.Begin(Context.System, new Regrouping());
    }

    private IEnumerable<string> Problems()
    {
        foreach (Neighbour neighbour in _neighbours.Heard())
        {
            if (neighbour.Said is TurnedAway turned) yield return TurnedAwayLine(turned);
        }

        foreach (Address target in _neighbours.Targets())
        {
            if (_refusals.LineOf(target.Host) is { } line) yield return line;
        }

        if (!IsInside && !_neighbours.IsEmpty && _neighbours.Heard().IsEmpty && _time.GetElapsedTime(_since) > SilencePatience) yield return SilenceLine();
    }

    private static string TurnedAwayLine(TurnedAway turned) => $"{turned.Card.Node} turns this node away: {turned.Reason}";

    private string SilenceLine() => $"none of {string.Join(", ", _neighbours.Targets().Select(Place))} answers";

    private void KnockAt(Address address) => Context.ActorSelection(new RootActorPath(address) / "user" / Name).Tell(new Knock(Card));

    private void Say(Address source, string line)
    {
        if (_often.Admits(source.ToString())) _log.Warning("Cluster: {0}", line);
    }

    private static string Place(Address address) => $"{address.Host}:{address.Port}";

    private sealed class Tick
    {
        public static Tick Instance { get; } = new();
    }
}
