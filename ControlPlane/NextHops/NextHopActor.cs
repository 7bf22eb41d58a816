using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using Akka.Event;
using static RustyRail.Actors.Protocol.TablesProtocol;

namespace RustyRail.ControlPlane.NextHops;

/// <summary>
/// Tells the publisher where packets for its backends leave, and again whenever the kernel's routes, links or neighbours say otherwise.
/// A neighbour's notification carries all there is to know and is applied at once; for all else the kernel is asked again, a short window after the first
/// sign of change. Nothing the kernel says or refuses ends this actor: it logs, keeps the last answer and tries again.
/// </summary>
internal sealed class NextHopActor : ReceiveActor, IWithTimers
{
    private const string RefreshTimer = "refresh", TendTimer = "tend", ListenTimer = "listen";
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);
    // Shorter than the time after which a kernel without managed neighbours lets an entry go stale (15 s at least).
    private static readonly TimeSpan Tend = TimeSpan.FromSeconds(5);

    private readonly string _device;
    private readonly RtnetlinkOpener _open;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly ProblemLog _problems;
    private readonly List<NeighbourSeen> _seenMeanwhile = [];
    private readonly HashSet<IPAddress> _haveAnswered = [];

    private ImmutableHashSet<IPAddress> _wanted = [];
    private IActorRef _publisher = ActorRefs.Nobody;
    private KernelView _view;
    private ImmutableDictionary<IPAddress, NextHop> _told = ImmutableDictionary<IPAddress, NextHop>.Empty;
    private KernelListener? _listener;
    private Task<KernelView>? _refresh;
    private bool _refreshAgain;
    private bool _owesAnswer;

    public NextHopActor(string device, RtnetlinkOpener open)
    {
        (_device, _open, _view) = (device, open, KernelView.Empty(device));
        _problems = new ProblemLog(_log);
        Receive<ResolveNextHops>(resolve =>
        {
            // Asked again to be sure, as subscribers do: what was told stands as long as the kernel says nothing new.
            if (!_owesAnswer && Sender.Equals(_publisher) && resolve.Addresses.SetEquals(_wanted))
            {
                Sender.Tell(new NextHopsChanged(_told));
                return;
            }

            (_wanted, _publisher, _owesAnswer) = (resolve.Addresses, Sender, true);
            _haveAnswered.IntersectWith(_wanted);
            Refresh();
        });
        Receive<Refreshed>(refreshed => ReferenceEquals(refreshed.Task, _refresh), refreshed => Adopt(refreshed.View));
        Receive<RefreshFailed>(failed => ReferenceEquals(failed.Task, _refresh), failed =>
        {
            _log.Warning("the kernel's routes cannot be read, trying again in 1 s: {0}", failed.Reason);
            _refresh = null;
            Timers.StartSingleTimer(RefreshTimer, RefreshDue.Instance, Retry);
        });
        Receive<Refreshed>(_ => { });       // of an earlier incarnation
        Receive<RefreshFailed>(_ => { });
        Receive<NeighbourSeen>(seen => Apply(seen));
        Receive<KernelChanged>(_ => RefreshSoon());
        Receive<NotificationsLost>(_ =>
        {
            _log.Info("the kernel had more news than its socket holds: reading everything again");
            RefreshSoon();
        });
        Receive<ListenerEnded>(ended => ReferenceEquals(ended.Listener, _listener), ended =>
        {
            _log.Warning("the kernel's notifications ended, listening again in 1 s: {0}", ended.Reason);
            Timers.StartSingleTimer(ListenTimer, ListenDue.Instance, Retry);
        });
        Receive<ListenerEnded>(_ => { });
        Receive<ListenDue>(_ => Listen());
        Receive<RefreshDue>(_ => Refresh());
        Receive<TendDue>(_ =>
        {
            _problems.Tell(_told.Values);
            if (!NeighbourCare.For(_wanted, _view).IsNothing) Refresh();
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Listen();
        Timers.StartPeriodicTimer(TendTimer, TendDue.Instance, Tend);
    }

    // The next incarnation is asked again in the publisher's name.
    protected override void PreRestart(Exception reason, object message)
    {
        if (!_publisher.IsNobody()) Self.Tell(new ResolveNextHops(_wanted), _publisher);
        base.PreRestart(reason, message);
    }

    protected override void PostStop() => _listener?.Dispose();

    private void Listen()
    {
        _listener?.Dispose();
        _listener = KernelListener.Start(_open, Self);
        RefreshSoon();      // for what was missed without it
    }

    private void RefreshSoon()
    {
        if (!Timers.IsTimerActive(RefreshTimer)) Timers.StartSingleTimer(RefreshTimer, RefreshDue.Instance, Window);
    }

    private void Refresh()
    {
        _refreshAgain = _refresh is not null;
        if (_refreshAgain) return;
        _seenMeanwhile.Clear();
        (string device, RtnetlinkOpener open, ImmutableArray<IPAddress> wanted) = (_device, _open, [.. _wanted.OrderBy(Turn)]);
        Task<KernelView> refresh = Task.Run(() => KernelTables.ReadOnce(open, device, wanted));
        _refresh = refresh;
        refresh.PipeTo(Self, success: view => new Refreshed(refresh, view), failure: e => new RefreshFailed(refresh, e.Message));
    }

    /// <summary>
    /// Where the neighbour table is too small for all, who comes first has a place: a neighbour that answered must not lose its own to one that never
    /// has, and one that was refused has its turn before those that were not.
    /// </summary>
    private int Turn(IPAddress address)
    {
        if (_haveAnswered.Contains(address)) return 0;
        return NextHopResolver.NeighbourFor(address, _view) is { } neighbour && _view.Refusals.ContainsKey(neighbour) ? 1 : 2;
    }

    private void Adopt(KernelView view)
    {
        _refresh = null;
        _view = view;
        if (_wanted.Any(address => !view.Routes.ContainsKey(address)))
        {
            Refresh();      // asked for while the reading was under way
            return;
        }

        // A notification that came during the reading may be older or newer than what was read: where they differ, only reading again decides.
        if (_refreshAgain || _seenMeanwhile.Exists(seen => !Equals(view.MacOf(seen.Neighbour.Address), seen.UsableMac))) RefreshSoon();
        Publish();
    }

    private void Apply(NeighbourSeen seen)
    {
        if (_view.Device?.Index != seen.Neighbour.Device) return;
        if (_refresh is not null) _seenMeanwhile.Add(seen);
        bool isNewMac = !Equals(_view.MacOf(seen.Neighbour.Address), seen.UsableMac);
        _view = _view.With(seen.Neighbour, seen.IsGone);
        if (seen.IsGone && !NeighbourCare.For(_wanted, _view).IsNothing) RefreshSoon();
        if (isNewMac && !_owesAnswer) Publish();
    }

    private void Publish()
    {
        ImmutableDictionary<IPAddress, NextHop> hops = _wanted.ToImmutableDictionary(address => address, address => NextHopResolver.Resolve(address, _view));
        bool isNews = _owesAnswer || hops.Any(hop => _told.GetValueOrDefault(hop.Key) != hop.Value);
        if (!isNews) return;
        (_owesAnswer, _told) = (false, hops);
        _haveAnswered.UnionWith(hops.Values.Where(hop => hop.Problem is null).Select(hop => hop.Destination));
        _publisher.Tell(new NextHopsChanged(hops));
    }

    private sealed record RefreshDue { public static RefreshDue Instance { get; } = new(); }
    private sealed record TendDue { public static TendDue Instance { get; } = new(); }
    private sealed record ListenDue { public static ListenDue Instance { get; } = new(); }
    private sealed record Refreshed(Task<KernelView> Task, KernelView View);
    private sealed record RefreshFailed(Task<KernelView> Task, string Reason);
}
