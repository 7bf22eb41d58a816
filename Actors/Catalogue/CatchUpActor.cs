using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Akka.DistributedData;
using RustyRail.Actors.Catalogue.Changes;
using RustyRail.Actors.Catalogue.Replication;
using RustyRail.Contract;

namespace RustyRail.Actors.Catalogue;

/// <summary>
/// For a node that joins others and knows nothing: reads every key from all of them at once. Gossip would bring the keys in any order over many seconds,
/// and the pipeline must see neither an empty catalogue nor half of one. Tells its parent once; when a node that is asked goes away, it begins again.
/// </summary>
internal sealed class CatchUpActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(5);

    private readonly IActorRef _replicator;
    private readonly bool _mayBeAlone;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly HashSet<string> _asked = [];
    private readonly List<KeyValuePair<string, IReplicatedData>> _found = [];
    private long _attempt;
    private bool _reading;
    private int _unanswered;
    private IReadConsistency _everywhere = ReadLocal.Instance;

    /// <param name="mayBeAlone">A cluster of this node only has nothing to read; otherwise it waits until there is somebody.</param>
    public CatchUpActor(IActorRef replicator, bool mayBeAlone)
    {
        _replicator = replicator;
        _mayBeAlone = mayBeAlone;
        Receive<Look>(_ => LookAround());
        Receive<GetSuccess>(IsOfThisAttempt, found => Found(found.Key, (IReplicatedData)found.Data));
        Receive<NotFound>(IsOfThisAttempt, missing => Found(missing.Key, null));
        Receive<GetFailure>(IsOfThisAttempt, _ => _reading = false);
        // Of an attempt that was given up.
        Receive<IGetResponse>(_ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(IActorRef replicator, bool mayBeAlone) => Akka.Actor.Props.Create(() => new CatchUpActor(replicator, mayBeAlone));

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Look), Look.Instance, TimeSpan.Zero, LookInterval);

    private void LookAround()
    {
        ClusterEvent.CurrentClusterState cluster = _cluster.State;
        if (_reading || _cluster.SelfMember.Status is not (MemberStatus.Up or MemberStatus.WeaklyUp)) return;

        int others = cluster.Members.Count(member => member.Status is MemberStatus.Up or MemberStatus.WeaklyUp && !cluster.Unreachable.Contains(member)) - 1;
        if (others == 0 && cluster.Members.Count == 1 && _mayBeAlone) Done([]);
        else if (others > 0) Begin(others);
    }

    private void Begin(int others)
    {
        _attempt++;
        _reading = true;
        _unanswered = 0;
        _asked.Clear();
        _found.Clear();
        _everywhere = new ReadFrom(1 + others, ReadLimit);
        Read(ChangeLogKey.Instance);
        Read(CatalogueKey.Root);
    }

    private void Read(IKey key)
    {
        if (!_asked.Add(key.Id)) return;
        _unanswered++;
        _replicator.Tell(new Get(key, _everywhere, new Attempt(_attempt)));
    }

    private void Found(IKey key, IReplicatedData? value)
    {
        _unanswered--;
        if (value is not null) _found.Add(KeyValuePair.Create(key.Id, value));
        // The root names every pool that ever was.
        if (value is CatalogueEntries entries)
        {
            foreach (EntryId pool in entries.Map.Keys.TakeWhile(id => id.Kind == EntryKind.Pool)) Read(CatalogueKey.ForPool(new PoolId(pool.Pool)));
        }

        if (_unanswered == 0) Done([.. _found]);
    }

    private void Done(ImmutableArray<KeyValuePair<string, IReplicatedData>> keys)
    {
        Context.Parent.Tell(new CaughtUp(keys));
        Context.Stop(Self);
    }

    private bool IsOfThisAttempt(IGetResponse answer) => _reading && answer.Request is Attempt attempt && attempt.Number == _attempt;

    /// <param name="Keys">What the others had; nothing when this node is alone.</param>
    public sealed record CaughtUp(ImmutableArray<KeyValuePair<string, IReplicatedData>> Keys);

    private sealed record Attempt(long Number);

    private sealed class Look
    {
        public static Look Instance { get; } = new();
    }
}
