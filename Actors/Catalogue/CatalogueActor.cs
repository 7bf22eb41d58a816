using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Akka.DistributedData;
using Akka.Event;
using RustyRail.Actors.Catalogue.Changes;
using RustyRail.Actors.Catalogue.Durable;
using RustyRail.Actors.Catalogue.Replication;
using RustyRail.Actors.Formation;
using RustyRail.Actors.Hosting;
using RustyRail.Actors.Protocol;
using static RustyRail.Actors.Protocol.CatalogueProtocol;
using static RustyRail.Actors.Protocol.HistoryProtocol;

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
    private readonly ClusterMemory? _memory = Context.System.Settings.Setup.Get<ClusterSetup>() is { HasValue: true } setup ? setup.Value.Options.Memory : null;
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
                _state = _state.Merge(edit.Key, edit.Value);
                if (edit.Value is ChangeLog changes) Replicate(changes, WriteLocal.Instance);
                else Replicate(new CatalogueKey(edit.Key), (CatalogueEntries)edit.Value, WriteLocal.Instance);
            }

            _keys.Load(ChangeLogKey.Instance);
            _keys.Load(CatalogueKey.Root);
        });
        Receive<IGetResponse>(NotifiedKeys.IsRoundEnd, _ => { });
        Receive<GetSuccess>(found => Loaded(found.Key, (IReplicatedData)found.Data));
        Receive<NotFound>(missing => Loaded(missing.Key, null));
        // Of this actor's life before a crash.
        Receive<EditStored>(_ => Stash.Stash());
        Receive<EditNotStored>(_ => Stash.Stash());
        Closed();
    }

    private void Loaded(IKey key, IReplicatedData? value)
    {
        if (value is not null) _state = _state.Merge(key.Id, value);
        _keys.Loaded(key, _state.PoolsEver);
        if (!_keys.AllLoaded) return;
        if (_state.Latest.Map.IsEmpty && _options.CatchUp != CatchUp.None) Become(CatchingUp);
        else Begin();
    }

    private void CatchingUp()
    {
        _log.Info("The catalogue is empty: waiting for the other nodes'");
        Context.ActorOf(CatchUpActor.Props(_replicator, mayBeAlone: _options.CatchUp == CatchUp.FromOthers), "catch-up");
        Receive<CatchUpActor.CaughtUp>(others =>
        {
            foreach ((string key, IReplicatedData value) in others.Keys) _state = _state.Merge(key, value);
            _keys.Follow(_state.PoolsEver);
            Begin();
        });
        Closed();
    }

    private void Begin()
    {
        TellDoor();
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
        Receive<Changed>(changed => _state = _state.Merge(changed.Key.Id, (IReplicatedData)changed.Data));
        Receive<SubscribeToCatalogue>(_ => Stash.Stash());
        Receive<GetCatalogue>(_ => Stash.Stash());
        Receive<GetHistory>(_ => Stash.Stash());
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
            Land(stored.Made);
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
        Receive<GetHistory>(asked => Sender.Tell(ChangeReports.Of(_state.Changes, asked.Only)));
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
        ChangeRequest request = command as ChangeRequest ?? new ChangeRequest(command, Author.Itself);
        if (request.Expected is { } expected && expected != _state.SpecDigest)
        {
            asker.Tell(new CatalogueOutdated(expected, _state.SpecDigest));
            return false;
        }

        EditDecision decision = CatalogueEdits.Decide(_state, request.Command, _options.Node, _options.Limits);
        if (decision.Edit is { } wanted && CatalogueFormat.Refusal(wanted, _cluster.State.Members) is { } tooNew) decision = EditDecision.Rejected(tooNew);
        if (decision.IsRejected)
        {
            Refuse(decision.Reasons, asker);
        }
        else if (decision.Edit is { } edit)
        {
            return Store(new MadeEdit(edit, Change.Of(_state, edit, request, _options.Clock.GetUtcNow()), asker));
        }
        else
        {
            asker.Tell(new CatalogueAccepted(_state.SpecDigest, ThisNode, Members));
        }

        return false;
    }

    private bool Store(MadeEdit made)
    {
        if (_options.Store is not { } store)
        {
            Land(made);
            return false;
        }

        IActorRef self = Self;
        Task.Run(() => store.Accept(made.Edit.Key.Id, made.Edit.Entries, ChangeLog.Of(made.Change)))
            .PipeTo(self, self, success: () => new EditStored(made), failure: cause => new EditNotStored(cause.Message, made.Asker));
        return true;
    }

    private void Land(MadeEdit made)
    {
        var changes = ChangeLog.Of(made.Change);
        Adopt(_state.Merge(made.Edit.Key.Id, made.Edit.Entries).Merge(changes));
        var pending = new PendingEdit(made.Asker, _state.SpecDigest, made.Change.Id, made.Edit.Key.Equals(CatalogueKey.Root));
        // First, so that whoever hears of the edit finds it in the history.
        Replicate(changes, new WriteAll(_options.ReplicationTimeout));
        Replicate(made.Edit.Key, made.Edit.Entries, new WriteAll(_options.ReplicationTimeout), pending);
    }

    private void Replicate(ChangeLog changes, IWriteConsistency consistency) =>
        _replicator.Tell(Dsl.Update(ChangeLogKey.Instance, ChangeLog.Empty, consistency, old => old.Merge(changes)));

    private void Replicate(CatalogueKey key, CatalogueEntries entries, IWriteConsistency consistency, PendingEdit? pending = null) =>
        _replicator.Tell(Dsl.Update(key, CatalogueEntries.Empty, consistency, pending, old => old.Merge(entries)));

    private void Adopt(CatalogueState state)
    {
        CatalogueState before = _state;
        _state = state;
        if (_state.Latest != before.Latest)
        {
            _keys.Follow(_state.PoolsEver);
            TellDoor();
        }

        if (_state.SpecDigest != before.SpecDigest) _subscribers.Tell(Report());
    }

    private void TellDoor()
    {
        if (_memory is { } memory) memory.CatalogueFormat = CatalogueFormat.NeededBy(_state.Latest);
    }

    private void Answer(IUpdateResponse response, PendingEdit edit)
    {
        // Anything but success means that some node, or this node's row, does not have it yet: it is stored here and gossip goes on.
        bool everywhere = response is UpdateSuccess;
        int members = Members;
        edit.Asker.Tell(new CatalogueAccepted(edit.SpecDigest, everywhere ? members : ThisNode, members, edit.Change));
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

    private sealed record MadeEdit(CatalogueEdit Edit, Change Change, IActorRef Asker);

    private sealed record EditStored(MadeEdit Made);

    private sealed record EditNotStored(string Reason, IActorRef Asker);

    private sealed record PendingEdit(IActorRef Asker, string SpecDigest, ChangeId Change, bool IsRoot);

    private sealed class SettleDue
    {
        public static SettleDue Instance { get; } = new();
    }
}
