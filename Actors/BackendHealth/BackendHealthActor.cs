using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using RustyRail.Contract.Specification;
using static RustyRail.Actors.Protocol.BackendHealthProtocol;
using static RustyRail.Actors.Protocol.CatalogueProtocol;

namespace RustyRail.Actors.BackendHealth;

/// <summary>
/// Keeps one probing child per distinct target of the catalogue and reports every backend's health to its subscribers.
/// Knowledge survives crashes on both sides: children tell what they know when they start, and are told what is known of their target;
/// an incarnation of this actor leaves its judgements to the next one by message.
/// </summary>
internal sealed class BackendHealthActor : ReceiveActor, IWithTimers
{
    private const string WindowTimer = "window";
    private const string SubscribeTimer = "subscribe";

    private readonly IActorRef _catalogue;
    private readonly ProbeSource _probes;
    private readonly BackendHealthOptions _options;
    private readonly TimeProvider _time;
    private readonly InheritHealth _inherited;
    private readonly HealthBoard _board;
    private readonly Dictionary<HealthTarget, IActorRef> _children = [];
    private readonly Subscribers _subscribers = new(Context);
    private readonly CoalescingWindow _window = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private string? _digest;

    public BackendHealthActor(IActorRef catalogue, ProbeSource probes, BackendHealthOptions options, TimeProvider time, InheritHealth inherited)
    {
        (_catalogue, _probes, _options, _time, _inherited) = (catalogue, probes, options, time, inherited);
        _board = new(time);

        Receive<CatalogueChanged>(changed => changed.SpecDigest != _digest, changed => Adopt(changed));
        Receive<CatalogueChanged>(_ => { }); // an answer to a renewed subscription
        Receive<HealthChanged>(changed => Judge(changed));
        Receive<HintTrouble>(hint => Pass(hint));
        Receive<InheritHealth>(judgements =>
        {
            _board.Inherit(judgements);
            TellChildrenWhatIsKnown();
            Changed();
        });
        Receive<Legacy>(legacy => _board.Remember(legacy.Judgements, legacy.FirstRoundDone));
        Receive<SubscribeToHealth>(_ =>
        {
            _subscribers.Add(Sender);
            if (!_board.IsEmpty) Sender.Tell(_board.Report);
        });
        Receive<Terminated>(gone => _subscribers.Remove(gone));
        Receive<GetHealth>(_ => Sender.Tell(_board.Report));
        Receive<WindowEnded>(_ =>
        {
            if (_window.TryPassAtEnd()) Publish();
        });
        Receive<SubscriptionDue>(_ => _catalogue.Tell(new SubscribeToCatalogue()));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _board.Inherit(_inherited);
        Begin();
    }

    protected override void PreRestart(Exception reason, object message)
    {
        Self.Tell(new Legacy(_board.Judgements(), _board.FirstRoundDone));
        _subscribers.HandOver(new SubscribeToHealth());
        base.PreRestart(reason, message);
    }

    protected override void PostRestart(Exception reason) => Begin();

    private void Begin()
    {
        // The first report waits for a window: by then what PreRestart left in the mailbox has been read.
        _window.Hold();
        Timers.StartSingleTimer(WindowTimer, new WindowEnded(), _options.ReportWindow);
        _catalogue.Tell(new SubscribeToCatalogue());
        Timers.StartPeriodicTimer(SubscribeTimer, new SubscriptionDue(), _options.Resubscribe);
    }

    /// <summary>A probe that crashes starts again; it is never given up, and its siblings do not notice.</summary>
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(maxNrOfRetries: -1, withinTimeRange: System.Threading.Timeout.InfiniteTimeSpan, _ => Directive.Restart);

    private void Adopt(CatalogueChanged changed)
    {
        (List<HealthTarget> added, List<HealthTarget> removed) = _board.Replace(changed.Spec);
        _digest = changed.SpecDigest;
        foreach (HealthTarget target in removed)
            if (_children.Remove(target, out IActorRef? child)) Context.Stop(child);

        for (int i = 0; i < added.Count; i++) StartProbing(added[i], i, added.Count);
        Changed();
    }

    private void StartProbing(HealthTarget target, int place, int count)
    {
        if (_probes(target) is { } probe)
        {
            TimeSpan withinInterval = target.Check.Interval / count;
            TimeSpan delay = (withinInterval < _options.StartGap ? withinInterval : _options.StartGap) * place;
            _children[target] = Context.ActorOf(Props.Create(() => new HealthProbeActor(target, probe, delay, _options, _time)));
        }
        else
        {
            string reason = target.Check.Type == HealthCheckType.None ? "no check" : $"checks of type {target.Check.Type} are not built into this version";
            _board.TryJudge(target, Health.Up, reason);
        }
    }

    private void Judge(HealthChanged changed)
    {
        Health before = _board.StateOf(changed.Target)?.Health ?? Health.Unknown;
        if (changed.Health == Health.Unknown)
        {
            if (before != Health.Unknown) Sender.Tell(new HealthProbeActor.RememberHealth(before));
            return;
        }

        if (!_board.TryJudge(changed.Target, changed.Health, changed.Reason)) return;
        if (changed.Health != before) Log(changed, before);
        Changed();
    }

    private void Log(HealthChanged changed, Health before)
    {
        string where = $"{changed.Target.Address} ({changed.Target.Check.Type.ToString().ToLowerInvariant()} {changed.Target.Check.Port})";
        if (changed.Health == Health.Down) _log.Warning("{0} is down: {1}", where, changed.Reason);
        else if (before == Health.Down) _log.Info("{0} is up again: {1}", where, changed.Reason);
    }

    private void Pass(HintTrouble hint)
    {
        foreach ((HealthTarget target, IActorRef child) in _children)
            if (target.Address.Equals(hint.Address)) child.Tell(hint);
    }

    private void TellChildrenWhatIsKnown()
    {
        foreach ((HealthTarget target, IActorRef child) in _children)
            if (_board.StateOf(target) is { Health: not Health.Unknown } state) child.Tell(new HealthProbeActor.RememberHealth(state.Health));
    }

    private void Changed()
    {
        if (_window.TryPass()) Publish();
    }

    private void Publish()
    {
        Timers.StartSingleTimer(WindowTimer, new WindowEnded(), _options.ReportWindow);
        if (!_board.IsEmpty) _subscribers.Tell(_board.Report);
    }

    private sealed record Legacy(ImmutableDictionary<HealthTarget, HealthState> Judgements, bool FirstRoundDone);
    private sealed record WindowEnded;
    private sealed record SubscriptionDue;
}
