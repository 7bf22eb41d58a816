using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using Akka.Event;
using RustyRail.Contract;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using static RustyRail.Actors.Protocol.MembershipProtocol;
using static RustyRail.Actors.Protocol.TablesProtocol;

namespace RustyRail.Actors.Tables;

/// <summary>
/// The only writer of snapshots. Publishes the newest tables with the newest next hops; what comes while no snapshot slot is free, or
/// while a new backend's next hop is looked up, is coalesced. Each incarnation, of the actor and of the process, re-attaches to the region and counts on.
/// </summary>
internal sealed class TablePublisherActor : ReceiveActor, IWithTimers
{
    private const string RetryTimer = "retry";
    private const string PatienceTimer = "patience";

    private readonly RegionFile _region;
    private readonly IActorRef _tables;
    private readonly IActorRef _nextHopActor;
    private readonly IActorRef _membership;
    private readonly TablesOptions _options;
    private readonly Subscribers _subscribers = new(Context);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private SnapshotPublisher _publisher = null!;
    private TablesBuilt? _built;
    private (SnapshotContent Content, bool Ready)? _unpublished;
    private ImmutableHashSet<IPAddress> _asked = [];
    private ImmutableHashSet<IPAddress> _givenUp = [];
    private ImmutableDictionary<IPAddress, NextHop> _nextHops = ImmutableDictionary<IPAddress, NextHop>.Empty;
    private (string SpecDigest, string TableDigest) _published;
    private bool _hasPublished;
    private bool _ready;
    private ImmutableArray<string>? _problems; // of _built with _nextHops, once for each pair: ten thousand backends may have one each, and status is asked for often
    private string? _failure;
    private ImmutableHashSet<ServiceId> _warned = [];

    public TablePublisherActor(RegionFile region, IActorRef tables, IActorRef nextHops, IActorRef membership, TablesOptions options)
    {
        (_region, _tables, _nextHopActor, _membership, _options) = (region, tables, nextHops, membership, options);
        Receive<TablesBuilt>(built => !ReferenceEquals(built, _built), built => Take(built));
        Receive<TablesBuilt>(_ => { }); // an answer to a renewed subscription
        Receive<NextHopsChanged>(changed => Take(changed));
        Receive<PatienceOver>(_ =>
        {
            _givenUp = Unresolved();
            Offer();
        });
        Receive<RetryDue>(_ => TryPublish());
        Receive<GetTables>(_ => Sender.Tell(Report()));
        Receive<SubscribeToPublications>(_ =>
        {
            _subscribers.Add(Sender);
            if (_publisher.Generation > 0) Sender.Tell(new Published(_publisher.Generation));
        });
        Receive<Terminated>(gone => _subscribers.Remove(gone));
        Receive<SubscriptionDue>(_ => AskInputs());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        PublishedState state = PublishedState.Read(_region);
        _published = (state.SpecDigest, state.TableDigest);
        _publisher = new(_region);
        Announce();
        AskInputs();
        Timers.StartPeriodicTimer("subscribe", new SubscriptionDue(), _options.Resubscribe);
    }

    protected override void PreRestart(Exception reason, object message)
    {
        _subscribers.HandOver(new SubscribeToPublications());
        base.PreRestart(reason, message);
    }

    private void AskInputs()
    {
        _tables.Tell(new SubscribeToTables());
        if (!IsAnswered()) _nextHopActor.Tell(new ResolveNextHops(_asked));
    }

    private void Take(TablesBuilt built)
    {
        bool first = _built is null;
        (_built, _problems) = (built, null);
        ImmutableHashSet<IPAddress> addresses = SnapshotContents.AddressesOf(built.State.Spec);
        if (first || !addresses.SetEquals(_asked))
        {
            (_asked, _givenUp) = (addresses, _givenUp.Intersect(addresses));
            _nextHopActor.Tell(new ResolveNextHops(addresses));
        }

        Offer();
    }

    private void Take(NextHopsChanged changed)
    {
        if (_nextHops.Count == changed.ByAddress.Count && _nextHops.All(pair => pair.Value.Equals(changed.ByAddress.GetValueOrDefault(pair.Key)))) return;

        bool wasAnswered = IsAnswered();
        (_nextHops, _problems) = (changed.ByAddress, null);
        if (!wasAnswered && IsAnswered()) Timers.Cancel(PatienceTimer); // from now on the shorter one
        Offer();
    }

    /// <summary>Something differs from what is published. Waits a moment for next hops that were never seen: packets to them would be dropped.</summary>
    private void Offer()
    {
        if (_built is null) return;

        if (!Unresolved().IsSubsetOf(_givenUp))
        {
            TimeSpan patience = _hasPublished ? _options.NextHopPatience : IsAnswered() ? _options.FirstNextHopPatience : _options.FirstAnswerPatience;
            if (!Timers.IsTimerActive(PatienceTimer)) Timers.StartSingleTimer(PatienceTimer, new PatienceOver(), patience);
            return;
        }

        Timers.Cancel(PatienceTimer);
        _givenUp = _asked; // a next hop that is lost later is published as lost, at once
        _unpublished = (SnapshotContents.From(_built, _nextHops, _options), _built.State.Health.FirstRoundDone);
        TryPublish();
    }

    private void TryPublish()
    {
        if (_unpublished is not var (content, ready)) return;
        try
        {
            if (!_publisher.TryPublish(content))
            {
                Timers.StartSingleTimer(RetryTimer, new RetryDue(), _options.SlotRetry);
                return;
            }
        }
        catch (RegionException e)
        {
            if (_failure != e.Message) _log.Error("the tables cannot be published: {0}", e.Message);
            _failure = e.Message;
            Timers.StartSingleTimer(RetryTimer, new RetryDue(), _options.CapacityRetry);
            return;
        }

        Timers.Cancel(RetryTimer);
        (_unpublished, _failure) = (null, null);
        _published = (content.SpecDigest, content.TableDigest);
        (_hasPublished, _ready) = (true, ready);
        WarnOfGateways();
        _subscribers.Tell(new Published(_publisher.Generation));
        Announce();
    }

    private void WarnOfGateways()
    {
        (ServiceId Service, string Problem)[] now = [.. SnapshotContents.BehindGateways(_built!.State.Spec, _nextHops)];
        foreach ((_, string problem) in now.Where(service => !_warned.Contains(service.Service))) _log.Warning("{0}", problem);
        _warned = [.. now.Select(service => service.Service)];
    }

    private void Announce()
    {
        if (_publisher.Generation > 0) _membership.Tell(new AnnounceNode(_publisher.Generation, _published.SpecDigest, _published.TableDigest));
    }

    private bool IsAnswered() => _asked.All(_nextHops.ContainsKey);

    private ImmutableHashSet<IPAddress> Unresolved() => [.. _asked.Where(address => !SnapshotContents.IsComplete(_nextHops.GetValueOrDefault(address)))];

    private TablesReport Report()
    {
        bool pending = _unpublished is not null || Timers.IsTimerActive(PatienceTimer);
        ImmutableArray<string> problems = _problems ??= _built is null ? [] : SnapshotContents.ProblemsOf(_built.State.Spec, _nextHops);
        if (_failure is not null) problems = problems.Insert(0, _failure);
        return new(_publisher.Generation, _published.SpecDigest, _published.TableDigest, pending, _ready, problems);
    }

    private sealed record PatienceOver;
    private sealed record RetryDue;
    private sealed record SubscriptionDue;
}
