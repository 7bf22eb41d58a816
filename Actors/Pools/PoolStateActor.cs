using System.Collections.Immutable;
using Akka.Actor;
using RustyRail.Contract;
using static RustyRail.Actors.Protocol.BackendHealthProtocol;
using static RustyRail.Actors.Protocol.CatalogueProtocol;
using static RustyRail.Actors.Protocol.TablesProtocol;

namespace RustyRail.Actors.Pools;

/// <summary>Puts catalogue and health together and tells what the tables must say. Holds nothing that its inputs could not tell it again.</summary>
internal sealed class PoolStateActor : ReceiveActor, IWithTimers
{
    private readonly IActorRef _catalogue;
    private readonly IActorRef _health;
    private readonly PoolOptions _options;
    private readonly Subscribers _subscribers = new(Context);
    private readonly CoalescingWindow _window = new();
    private CatalogueChanged? _wanted;
    private HealthReport? _report;
    private PoolsChanged? _told;

    public PoolStateActor(IActorRef catalogue, IActorRef health, PoolOptions options)
    {
        (_catalogue, _health, _options) = (catalogue, health, options);
        Receive<CatalogueChanged>(changed =>
        {
            _wanted = changed;
            Consider();
        });
        Receive<HealthReport>(report =>
        {
            _report = report;
            Consider();
        });
        Receive<WindowEnded>(_ =>
        {
            if (_window.TryPassAtEnd()) Tell();
        });
        Receive<SubscribeToPools>(_ =>
        {
            _subscribers.Add(Sender);
            if (_told is not null) Sender.Tell(_told);
        });
        Receive<Terminated>(gone => _subscribers.Remove(gone));
        Receive<SubscriptionDue>(_ => Subscribe());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Subscribe();
        Timers.StartPeriodicTimer("subscribe", new SubscriptionDue(), _options.Resubscribe);
    }

    protected override void PreRestart(Exception reason, object message)
    {
        _subscribers.HandOver(new SubscribeToPools());
        base.PreRestart(reason, message);
    }

    private void Subscribe()
    {
        _catalogue.Tell(new SubscribeToCatalogue());
        _health.Tell(new SubscribeToHealth());
    }

    /// <summary>Renewed subscriptions bring what is known already: only what differs opens the window.</summary>
    private void Consider()
    {
        if (IsNews() && _window.TryPass()) Tell();
    }

    private bool IsNews() =>
        _wanted is not null && _report is not null
        && (_told is null || _told.SpecDigest != _wanted.SpecDigest || !HealthIsSame(_told.Health, _report));

    private void Tell()
    {
        Timers.StartSingleTimer("window", new WindowEnded(), _options.Window);
        if (!IsNews()) return;

        ImmutableSortedDictionary<PoolId, PoolLiveSet> before = _told?.Pools ?? ImmutableSortedDictionary<PoolId, PoolLiveSet>.Empty;
        _told = new(_wanted!.Spec, _wanted.SpecDigest, PoolLiveSets.Decide(_wanted.Spec, _report!, before), _report!);
        _subscribers.Tell(_told);
    }

    /// <summary>Reasons and times are for people; they are no reason for a generation.</summary>
    private static bool HealthIsSame(HealthReport one, HealthReport other) =>
        ReferenceEquals(one.Backends, other.Backends) && one.FirstRoundDone == other.FirstRoundDone
        || (one.FirstRoundDone == other.FirstRoundDone && one.Backends.Count == other.Backends.Count
            && one.Backends.All(pair => other.Backends.TryGetValue(pair.Key, out HealthState? state) && state.Health == pair.Value.Health));

    private sealed record WindowEnded;
    private sealed record SubscriptionDue;
}
