using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using RustyRail.Contract;
using static RustyRail.Actors.Protocol.TablesProtocol;

namespace RustyRail.Actors.Tables;

/// <summary>
/// Builds the tables of the newest state, off its own thread and only those that changed. While a build runs, newer states replace
/// each other; the last one is next. What is handed on is always one whole state.
/// </summary>
internal sealed class TableBuilderActor : ReceiveActor, IWithTimers
{
    private readonly IActorRef _pools;
    private readonly TablesOptions _options;
    private readonly Subscribers _subscribers = new(Context);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private ImmutableSortedDictionary<PoolId, TableBuilt> _known = ImmutableSortedDictionary<PoolId, TableBuilt>.Empty;
    private PoolsChanged? _building;
    private PoolsChanged? _next;
    private TablesBuilt? _told;

    public TableBuilderActor(IActorRef pools, TablesOptions options)
    {
        (_pools, _options) = (pools, options);
        Receive<PoolsChanged>(state => Take(state));
        Receive<TablesBuilt>(built => ReferenceEquals(built.State, _building), built => Tell(built));
        Receive<BuildFailed>(failed => ReferenceEquals(failed.State, _building), failed => Retry(failed));
        Receive<TablesBuilt>(_ => { }); // begun by an earlier incarnation, likewise the next
        Receive<BuildFailed>(_ => { });
        Receive<SubscribeToTables>(_ =>
        {
            _subscribers.Add(Sender);
            if (_told is not null) Sender.Tell(_told);
        });
        Receive<Terminated>(gone => _subscribers.Remove(gone));
        Receive<SubscriptionDue>(_ => _pools.Tell(new SubscribeToPools()));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _pools.Tell(new SubscribeToPools());
        Timers.StartPeriodicTimer("subscribe", new SubscriptionDue(), _options.Resubscribe);
    }

    protected override void PreRestart(Exception reason, object message)
    {
        _subscribers.HandOver(new SubscribeToTables());
        base.PreRestart(reason, message);
    }

    private void Take(PoolsChanged state)
    {
        if (ReferenceEquals(state, _told?.State) || ReferenceEquals(state, _building)) return; // an answer to a renewed subscription

        if (_building is not null) _next = state;
        else Build(state);
    }

    private void Build(PoolsChanged state)
    {
        if (!TableBuilds.NeedsWork(state, _known))
        {
            Tell(TableBuilds.Complete(state, _known, parallel: 1));
            return;
        }

        _building = state;
        ImmutableSortedDictionary<PoolId, TableBuilt> known = _known;
        Task.Run(() => TableBuilds.Complete(state, known, _options.ParallelBuilds))
            .PipeTo(Self, success: built => built, failure: error => new BuildFailed(state, error.Message));
    }

    private void Tell(TablesBuilt built)
    {
        (_known, _told) = (built.Tables, built);
        _subscribers.Tell(built);
        GoOn();
    }

    /// <summary>Cannot happen with a valid catalogue. The state comes again with the next subscription.</summary>
    private void Retry(BuildFailed failed)
    {
        _log.Error("the tables of {0} could not be built: {1}", failed.State.SpecDigest, failed.Reason);
        GoOn();
    }

    private void GoOn()
    {
        (PoolsChanged? next, _building, _next) = (_next, null, null);
        if (next is not null) Build(next);
    }

    private sealed record BuildFailed(PoolsChanged State, string Reason);
    private sealed record SubscriptionDue;
}
