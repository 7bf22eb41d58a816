using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using RustyRail.Contract;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using static RustyRail.Actors.Protocol.ExceptionsProtocol;
using static RustyRail.Actors.Protocol.TablesProtocol;

namespace RustyRail.Actors.Exceptions;

/// <summary>
/// Connections survive a change of backends and of balancers together: after each publication the flows of this node that the new tables
/// would send elsewhere are told to the peers, and what peers tell is put into the region. The only writer of exceptions.
/// </summary>
internal sealed class ExceptionsActor : ReceiveActor, IWithTimers
{
    public const string Name = "exceptions";

    private const string ScanTimer = "scan";

    private readonly RegionFile _region;
    private readonly IActorRef _publisher;
    private readonly Props? _peerWatch;
    private readonly ExceptionsOptions _options;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<string, PeerLink> _links = new(StringComparer.Ordinal);
    private readonly HashSet<string> _heard = new(StringComparer.Ordinal);
    private readonly HeldSet _held;
    private readonly ExceptionBook _book;
    private readonly long _incarnation = DateTimeOffset.UtcNow.Ticks;
    private BackendSlots _slots;
    private long _round;
    private long _sent, _received, _overflowed;
    private ulong _reopened;
    private readonly CancellationTokenSource _stop = new();
    private Task _scan = Task.CompletedTask;
    private bool _scanning, _scanAgain, _renewalDue;
    private bool _peersKnown, _told;
    private long? _changedAt;
    private TimeSpan _lastScan;
    private TimeSpan? _lastSync;

    /// <param name="peerWatch">Of the actor that tells of peers; null: somebody else does.</param>
    public ExceptionsActor(RegionFile region, IActorRef publisher, Props? peerWatch, ExceptionsOptions options)
    {
        (_region, _publisher, _peerWatch, _options) = (region, publisher, peerWatch, options);
        RegionView view = new(region);
        _slots = BackendSlots.Read(view);
        _book = new ExceptionBook(new ExceptionWriter(view), _slots);
        _held = new HeldSet(options.Grace);
        Receive<Published>(published => published.Generation > _slots.Generation, _ => Follow());
        Receive<Published>(_ => { }); // an answer to a renewed subscription
        Receive<Scanned>(scanned => scanned.By == _incarnation, Take);
        Receive<Scanned>(_ => { }); // begun by an earlier incarnation
        Receive<ScanFailed>(Retry);
        Receive<HeldFlows>(Learn);
        Receive<FlowsTaken>(Take);
        Receive<PeerFound>(Find);
        Receive<PeerLost>(Lose);
        Receive<PeersKnown>(_ =>
        {
            _peersKnown = true;
            CheckTold();
        });
        Receive<GetExceptions>(_ => Sender.Tell(Report()));
        Receive<WasTold>(_ => _told = true);
        ReceiveTimers();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private long Now => _options.Now();

    protected override void PreStart()
    {
        if (_peerWatch is not null) Context.ActorOf(_peerWatch, "peer-watch");
        _publisher.Tell(new SubscribeToPublications());
        Timers.StartPeriodicTimer("subscribe", new SubscriptionDue(), _options.Resubscribe);
        Timers.StartPeriodicTimer("renew", new RenewalDue(), _options.Renewal);
        Timers.StartPeriodicTimer("reopened", new ReopenedDue(), _options.Reopened);
        Timers.StartPeriodicTimer("resend", new ResendDue(), _options.Resend);
        Timers.StartPeriodicTimer("expire", new ExpiryDue(), _options.Expiry);
        Timers.StartSingleTimer("join", new JoinPatienceOver(), _options.JoinPatience);
    }

    protected override void PreRestart(Exception reason, object message)
    {
        // Peers notice nothing and tell all again at their next renewal; what they told is in the region.
        if (_told) Self.Tell(new WasTold());
        base.PreRestart(reason, message);
    }

    /// <summary>The region may be unmapped as soon as the actor has stopped: a scan ends with it, within microseconds.</summary>
    protected override void PostStop()
    {
        _stop.Cancel();
        _scan.ContinueWith(static _ => { }, TaskScheduler.Default).Wait();
        _stop.Dispose();
    }

    private void ReceiveTimers()
    {
        Receive<ScanDue>(_ => Scan());
        Receive<RenewalDue>(_ =>
        {
            _renewalDue = true;
            Scan();
        });
        Receive<ReopenedDue>(_ => CheckReopened());
        Receive<ResendDue>(_ => SendAll());
        Receive<ExpiryDue>(_ => _book.Expire(HeldFlow.Seconds(Now)));
        Receive<SubscriptionDue>(_ => _publisher.Tell(new SubscribeToPublications()));
        Receive<JoinPatienceOver>(_ =>
        {
            if (!_told) _log.Warning("Not told of connections by every node after {0}: some of those that moved here may break", _options.JoinPatience);
            _told = true;
        });
    }

    private void Follow()
    {
        _slots = BackendSlots.Read(new RegionView(_region));
        _book.Resettle(_slots);
        if (!_scanning) _book.ReleaseSlots();
        _changedAt ??= Now;
        Scan();
    }

    /// <summary>What others were told of the ended connections is not to be found out by the next renewal only.</summary>
    private unsafe void CheckReopened()
    {
        RegionView view = new(_region);
        ulong reopened = 0;
        for (int worker = 0; worker < view.Capacities.Workers; worker++) reopened += Volatile.Read(ref view.Counters(worker)->FlowsReopened);
        if (reopened == _reopened) return;
        _reopened = reopened;
        Scan();
    }

    private void Find(PeerFound found)
    {
        if (_links.TryGetValue(found.Node, out PeerLink? known)) known.Found(found.Peer);
        else _links.Add(found.Node, new PeerLink(found.Peer));
        Scan();
    }

    private void Lose(PeerLost lost)
    {
        if (_links.TryGetValue(lost.Node, out PeerLink? link)) link.Lost();
        CheckTold();
        CheckSynced();
    }

    /// <summary>At most one scan at a time, and at most half of a core for them.</summary>
    private void Scan()
    {
        if (_scanning || Timers.IsTimerActive(ScanTimer))
        {
            _scanAgain = true;
            return;
        }

        if (!_links.Values.Any(link => link.IsReachable))
        {
            _changedAt = null; // nobody to tell; who comes is told with a scan of its own
            return;
        }

        (_scanning, _scanAgain) = (true, false);
        bool prune = _renewalDue;
        _renewalDue = false;
        long now = Now;
        RegionView view = new(_region);
        bool adopted = DivergentFlows.AreAllAdopted(_region, _slots.Generation);
        int most = _book.Capacity;
        (BackendSlots slots, long by, CancellationToken stop) = (_slots, _incarnation, _stop.Token);
        Dictionary<ulong, int> told = _held.SlotsIn(slots);
        Scanned Run() => Scanned.Run(view, now, most, told, stop) with { Slots = slots, By = by, Prune = prune, Adopted = adopted };
        Task<Scanned> scan = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _options.ScansOn);
        _scan = scan;
        scan.PipeTo(Self, Self, success: scanned => scanned, failure: error => new ScanFailed(error.Message));
    }

    private void Take(Scanned scanned)
    {
        _scanning = false;
        _book.ReleaseSlots();
        _lastScan = scanned.Took;
        _overflowed += scanned.Scan.Overflowed;
        List<HeldFlow> news = _held.Take(scanned.Scan, scanned.Slots.Names, scanned.At, scanned.Prune);
        Offer(news, scanned.Prune);

        // A worker that still looked at the snapshot before may have opened flows behind the scan's back.
        bool late = !scanned.Adopted && _changedAt is { } changed && Now - changed < _options.AdoptionPatience.TotalMilliseconds;
        if (_scanAgain || late) Timers.StartSingleTimer(ScanTimer, new ScanDue(), _lastScan > _options.ScanPause ? _lastScan : _options.ScanPause);
        CheckSynced();
    }

    private void Retry(ScanFailed failed)
    {
        _scanning = false;
        _log.Error("The flow tables could not be read: {0}", failed.Reason);
        _renewalDue = true;
        Timers.StartSingleTimer(ScanTimer, new ScanDue(), _options.AdoptionPatience);
    }

    private void Offer(List<HeldFlow> news, bool renewal)
    {
        // Answers name round and part: no two batches may share both.
        (long inheritedRound, long round) = (++_round, ++_round);
        uint now = HeldFlow.Seconds(Now);
        HeldFlows[]? whole = null, inherited = null, addition = null;
        foreach (PeerLink link in _links.Values.Where(link => link.IsReachable))
        {
            if (link.NeedsInherited) link.OfferInherited(inherited ??= [.. Batches.Of(_options.Node, _incarnation, inheritedRound, Telling.Inherited, [.. _book.Flows], now)]);
            if (link.NeedsWhole || renewal) link.OfferWhole(whole ??= [.. Batches.Of(_options.Node, _incarnation, round, Telling.Whole, [.. _held.Flows], now)]);
            else if (news.Count > 0) link.OfferAddition(addition ??= [.. Batches.Of(_options.Node, _incarnation, round, Telling.Addition, news, now)]);
        }

        SendAll();
    }

    private void SendAll()
    {
        foreach (PeerLink link in _links.Values) Send(link);
    }

    private void Send(PeerLink link)
    {
        if (link.Next(Now, _options.Resend) is { } batch) link.Peer.Tell(batch, Self);
    }

    private void Take(FlowsTaken taken)
    {
        if (!_links.TryGetValue(taken.Node, out PeerLink? link)) return;
        int flows = link.Take(taken);
        if (flows < 0) return;
        _sent += flows;
        Send(link);
        CheckSynced();
    }

    private void Learn(HeldFlows told)
    {
        uint now = HeldFlow.Seconds(Now);
        _received += told.Flows.Length;
        foreach (ToldFlow flow in told.Flows)
        {
            HeldFlow held = new(flow.Hash, told.Backends[flow.Backend], flow.Class, flow.State, HeldFlow.SeenBefore(now, flow.Age));
            if (held.ExpiresAt < now) continue;
            if (told.Telling != Telling.Inherited) _held.LearnEnd(held);
            _book.Learn(told, held);
        }

        Sender.Tell(new FlowsTaken(_options.Node, told.Incarnation, told.Round, told.Part));
        if (told is not { IsLast: true, Telling: Telling.Whole }) return;
        _book.EndWhole(told);
        _heard.Add(told.Node);
        CheckTold();
    }

    private void CheckTold()
    {
        if (_told || !_peersKnown || _links.Any(link => link.Value.IsReachable && !_heard.Contains(link.Key))) return;
        _told = true;
        Timers.Cancel("join");
    }

    private void CheckSynced()
    {
        if (IsPending() || _changedAt is not { } changed) return;
        _lastSync = TimeSpan.FromMilliseconds(Now - changed);
        _changedAt = null;
    }

    private bool IsPending() => _scanning || Timers.IsTimerActive(ScanTimer) || _links.Values.Any(link => link.IsReachable && !link.IsIdle);

    private ExceptionsReport Report() => new(
        _told,
        IsPending(),
        _links.Values.Count(link => link.IsReachable),
        _held.Count,
        _book.Count,
        _book.Placed,
        _book.Capacity,
        _sent,
        _received,
        _overflowed + _book.Overflowed,
        _lastScan,
        _lastSync);

    /// <param name="At">Monotonic milliseconds of its beginning.</param>
    private sealed record Scanned(DivergentScan Scan, long At, TimeSpan Took)
    {
        /// <summary>As of its beginning. None of them changes hands before it has ended (<see cref="ExceptionBook.ReleaseSlots"/>).</summary>
        public BackendSlots Slots { get; init; } = BackendSlots.None;

        public long By { get; init; }
        public bool Prune { get; init; }

        /// <summary>No worker used an older snapshot when it began.</summary>
        public bool Adopted { get; init; }

        public static Scanned Run(RegionView region, long now, int most, IReadOnlyDictionary<ulong, int> told, CancellationToken stop)
        {
            long begin = Stopwatch.GetTimestamp();
            DivergentScan scan = DivergentFlows.Find(region, now, most, told, stop);
            return new(scan, now, Stopwatch.GetElapsedTime(begin));
        }
    }

    private sealed record ScanFailed(string Reason);
    private sealed record WasTold;
    private sealed record ScanDue;
    private sealed record RenewalDue;
    private sealed record ReopenedDue;
    private sealed record ResendDue;
    private sealed record ExpiryDue;
    private sealed record SubscriptionDue;
    private sealed record JoinPatienceOver;
}
