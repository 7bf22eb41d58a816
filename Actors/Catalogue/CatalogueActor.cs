using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Akka.DistributedData;
using Akka.Event;
using RustyRail.Actors.Catalogue.Durable;
using RustyRail.Actors.Catalogue.Replication;
using static RustyRail.Actors.Protocol.CatalogueProtocol;

namespace RustyRail.Actors.Catalogue;

/// <summary>
/// The catalogue on this node. An edit is decided here, stored, merged, and handed to DistributedData; edits of other nodes arrive from there.
/// One edit is stored at a time, while earlier ones still wait for the other nodes.
/// </summary>
public sealed class CatalogueActor : ReceiveActor, IWithTimers, IWithUnboundedStash
{
    // How soon an apply that some node had missed is tried again; see SettlingActor.
    private static readonly TimeSpan SettleInterval = TimeSpan.FromSeconds(10);

    // The number of nodes that surely have an edit when it is accepted.
    private const int ThisNode = 1;

    private readonly CatalogueOptions _options;
    private readonly IActorRef _replicator = DistributedData.Get(Context.System).Replicator;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Subscribers _subscribers = new(Context);
    private readonly KeyLoading _keys;
    private readonly NotifiedKeys _notified;
    private readonly IActorRef _settling;
    private CatalogueState _state = CatalogueState.Empty;

    public CatalogueActor(CatalogueOptions options)
    {
        _options = options;
        _keys = new KeyLoading(_replicator, Self);
        _notified = new NotifiedKeys(_replicator, Self);
        _settling = Context.ActorOf(SettlingActor.Props(_replicator), "settling");
        Loading();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public IStash Stash { get; set; } = null!;

    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(maxNrOfRetries: 10, withinTimeRange: TimeSpan.FromMinutes(1), Decider.From(Directive.Restart));

    protected override void PreStart()
    {
        Context.Watch(_replicator);
        Timers.StartPeriodicTimer(nameof(SettleDue), SettleDue.Instance, SettleInterval);
        if (_options.Store is { } store) Task.Run(store.UnsettledEdits).PipeTo(Self, Self, edits => new UnsettledEdits(edits));
        else Self.Tell(new UnsettledEdits([]));
    }

    protected override void PreRestart(Exception reason, object message)
    {
        _subscribers.HandOver(new SubscribeToCatalogue());
        base.PreRestart(reason, message);
    }

    private void Loading()
    {
        Receive<UnsettledEdits>(unsettled =>
        {
            // The rows may lack these; merging them again is harmless.
            foreach (AcceptedEdit edit in unsettled.Edits)
            {
                var key = new CatalogueKey(edit.Key);
                _state = _state.Merge(edit.Key, edit.Entries);
                _replicator.Tell(Dsl.Update(key, CatalogueEntries.Empty, WriteLocal.Instance, old => old.Merge(edit.Entries)));
            }

            _keys.Load(CatalogueKey.Root);
        });
        Receive<IGetResponse>(NotifiedKeys.IsRoundEnd, _ => { });
        Receive<GetSuccess>(found => Loaded(found.Key, (CatalogueEntries)found.Data));
        Receive<NotFound>(missing => Loaded(missing.Key, CatalogueEntries.Empty));
        // Of this actor's life before a crash.
        Receive<EditStored>(_ => Stash.Stash());
        Receive<EditNotStored>(_ => Stash.Stash());
        Closed();
    }

    private void Loaded(IKey key, CatalogueEntries entries)
    {
        _state = _state.Merge(key.Id, entries);
        _keys.Loaded(key, _state.PoolsEver);
        if (!_keys.AllLoaded) return;

        _log.Info("Catalogue {0}: {1} pools, {2} services", _state.SpecDigest, _state.Spec.Pools.Count, _state.Spec.Services.Count);
        bool isEmpty = _state.Spec.Pools.IsEmpty && _state.Spec.Services.IsEmpty;
        if (isEmpty && _options.Initial is { } initial && TryBegin(new ApplyCatalogue(initial), ActorRefs.Nobody)) Become(Filling);
        else BecomeReady();
    }

    // The first catalogue is on its way to the disk: the pipeline never sees the empty one before it.
    private void Filling()
    {
        Stored();
        Closed();
    }

    private void Closed()
    {
        Receive<Changed>(changed => _state = _state.Merge(changed.Key.Id, (CatalogueEntries)changed.Data));
        Receive<SubscribeToCatalogue>(_ => Stash.Stash());
        Receive<GetCatalogue>(_ => Stash.Stash());
        Receive<SettleDue>(_ => { });
        StashCommands();
        Common();
    }

    private void Ready()
    {
        Receive<ICatalogueCommand>(command =>
        {
            if (TryBegin(command, Sender)) Become(Storing);
        });
        Open();
    }

    private void Storing()
    {
        StashCommands();
        Open();
    }

    private void Stored()
    {
        Receive<EditStored>(stored =>
        {
            BecomeReady();
            Land(stored.Edit, stored.Asker);
        });
        Receive<EditNotStored>(failed =>
        {
            BecomeReady();
            Refuse([failed.Reason], failed.Asker);
        });
    }

    private void Open()
    {
        Stored();
        Receive<GetCatalogue>(_ => Sender.Tell(Report()));
        Receive<SubscribeToCatalogue>(_ =>
        {
            _subscribers.Add(Sender);
            Sender.Tell(Report());
        });
        Receive<Changed>(_notified.Add);
        Receive<IGetResponse>(NotifiedKeys.IsRoundEnd, _ => Adopt(_notified.MergeInto(_state)));
        Receive<SettleDue>(_ => _settling.Tell(new SettlingActor.Settle(_state.Root)));
        Common();
    }

    private void Common()
    {
        Receive<IUpdateResponse>(response => response.Request is PendingEdit, response => Answer(response, (PendingEdit)response.Request));
        Receive<IUpdateResponse>(_ => { });
        // Without it nothing can be stored or learned. Stopping ends this incarnation (StageWatchActor).
        Receive<Terminated>(gone => gone.ActorRef.Equals(_replicator), _ => Context.Stop(Self));
        Receive<Terminated>(_subscribers.Remove);
    }

    private void StashCommands() => Receive<ICatalogueCommand>(_ => Stash.Stash());

    /// <summary>True: the edit is on its way to the disk. False: it has been answered, or needs no disk.</summary>
    private bool TryBegin(ICatalogueCommand command, IActorRef asker)
    {
        EditDecision decision = CatalogueEdits.Decide(_state, command, _options.Node, _options.Limits);
        if (decision.IsRejected) Refuse(decision.Reasons, asker);
        else if (decision.Edit is null) asker.Tell(new CatalogueAccepted(_state.SpecDigest, ThisNode, Members));
        else if (_options.Store is null) Land(decision.Edit, asker);
        else return Store(_options.Store, decision.Edit, asker);
        return false;
    }

    private bool Store(CatalogueStore store, CatalogueEdit edit, IActorRef asker)
    {
        IActorRef self = Self;
        Task.Run(() => store.Accept(edit.Key.Id, edit.Entries))
            .PipeTo(self, self, success: () => new EditStored(edit, asker), failure: cause => new EditNotStored(cause.Message, asker));
        return true;
    }

    private void Land(CatalogueEdit edit, IActorRef asker)
    {
        Adopt(_state.Merge(edit.Key.Id, edit.Entries));
        var pending = new PendingEdit(asker, _state.SpecDigest, edit.Key.Equals(CatalogueKey.Root));
        _replicator.Tell(Dsl.Update(edit.Key, CatalogueEntries.Empty, new WriteAll(_options.ReplicationTimeout), pending, old => old.Merge(edit.Entries)));
    }

    private void Adopt(CatalogueState state)
    {
        CatalogueState before = _state;
        _state = state;
        if (_state.Latest != before.Latest) _keys.Follow(_state.PoolsEver);
        if (_state.SpecDigest != before.SpecDigest) _subscribers.Tell(Report());
    }

    private void Answer(IUpdateResponse response, PendingEdit edit)
    {
        // Anything but success means that some node, or this node's row, does not have it yet: it is stored here and gossip goes on.
        bool everywhere = response is UpdateSuccess;
        int members = Members;
        edit.Asker.Tell(new CatalogueAccepted(edit.SpecDigest, everywhere ? members : ThisNode, members));
        if (everywhere && edit.IsRoot) _settling.Tell(new SettlingActor.Settle(_state.Root));
    }

    private void Refuse(ImmutableArray<string> reasons, IActorRef asker)
    {
        _log.Warning("Catalogue not changed: {0}", string.Join("; ", reasons));
        asker.Tell(new CatalogueRejected(reasons));
    }

    private void BecomeReady()
    {
        Become(Ready);
        Stash.UnstashAll();
    }

    private CatalogueChanged Report() => new(_state.Spec, _state.SpecDigest);

    private int Members => Math.Max(ThisNode, _cluster.State.Members.Count);

    private sealed record UnsettledEdits(IReadOnlyList<AcceptedEdit> Edits);

    private sealed record EditStored(CatalogueEdit Edit, IActorRef Asker);

    private sealed record EditNotStored(string Reason, IActorRef Asker);

    private sealed record PendingEdit(IActorRef Asker, string SpecDigest, bool IsRoot);

    private sealed class SettleDue
    {
        public static SettleDue Instance { get; } = new();
    }
}
