using Akka.Actor;
using static RustyRail.Actors.Protocol.BackendHealthProtocol;

namespace RustyRail.Actors.BackendHealth;

/// <summary>
/// Probes one target at a fixed cadence and tells its parent what it thinks of it: at its start, and after each change.
/// Starts lie at most an interval apart; a probe that outlasts the interval is followed by the next one at once, so a fault is seen
/// within fall x (interval + timeout) whatever the two are.
/// </summary>
internal sealed class HealthProbeActor : ReceiveActor, IWithTimers
{
    private const string DueTimer = "due";
    private const string HintTimer = "hint";
    private const string LimitTimer = "limit";

    private readonly HealthTarget _target;
    private readonly IProbe _probe;
    private readonly TimeSpan _firstDelay;
    private readonly BackendHealthOptions _options;
    private readonly TimeProvider _time;
    private HealthJudge _judge;
    private string _reason = "not probed yet";
    private CancellationTokenSource? _running;
    private long _number;
    private long _startedAt;
    private long? _hintedAt;

    public HealthProbeActor(HealthTarget target, IProbe probe, TimeSpan firstDelay, BackendHealthOptions options, TimeProvider time)
    {
        (_target, _probe, _firstDelay, _options, _time) = (target, probe, firstDelay, options, time);
        _judge = new(target.Check.Rise, target.Check.Fall);
        Receive<ProbeDue>(due => Start(due.Hinted));
        Receive<ProbeAnswered>(answer => answer.Number == _number && _running is not null, answer => Conclude(answer.Result));
        Receive<ProbeAnswered>(_ => { }); // of a probe that was cut short
        Receive<LimitReached>(limit => Conclude(new(Ok: false, $"no answer within {limit.Limit.TotalMilliseconds:0} ms")));
        Receive<RememberHealth>(known => _judge = _judge.Remember(known.Health));
        Receive<HintTrouble>(_ => ProbeSoon());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Tell();
        Timers.StartSingleTimer(DueTimer, new ProbeDue(Hinted: false), _firstDelay);
    }

    protected override void PostStop() => Cut();

    private void Start(bool hinted)
    {
        Cut();
        Timers.Cancel(DueTimer);
        TimeSpan limit = hinted && _options.HintTimeout < _target.Check.Timeout ? _options.HintTimeout : _target.Check.Timeout;
        if (hinted)
        {
            _judge = _judge.Suspect();
            _hintedAt = _time.GetTimestamp();
        }

        long number = ++_number;
        _running = new();
        _startedAt = _time.GetTimestamp();
        Timers.StartSingleTimer(LimitTimer, new LimitReached(limit), limit);
        _probe.RunAsync(_running.Token).PipeTo(
            Self,
            success: result => new ProbeAnswered(number, result),
            failure: error => new ProbeAnswered(number, new(Ok: false, error.Message)));
    }

    private void Conclude(ProbeResult result)
    {
        Cut();
        (HealthJudge before, string reasonBefore) = (_judge, _reason);
        (_judge, _reason) = (_judge.Observe(result.Ok), result.Reason);
        if (_judge.Health != before.Health || (_judge.Health == Health.Down && !result.Ok && _reason != reasonBefore)) Tell();

        double part = 1 - _options.Jitter * Random.Shared.NextDouble();
        TimeSpan left = _target.Check.Interval * part - _options.TimerSlack - _time.GetElapsedTime(_startedAt);
        Timers.StartSingleTimer(DueTimer, new ProbeDue(Hinted: false), left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    private void ProbeSoon()
    {
        if (_judge.Health == Health.Down || _judge.Suspected || Timers.IsTimerActive(HintTimer)) return;

        TimeSpan pause = _hintedAt is { } last ? _options.HintPause - _time.GetElapsedTime(last) : TimeSpan.Zero;
        if (pause > TimeSpan.Zero) Timers.StartSingleTimer(HintTimer, new ProbeDue(Hinted: true), pause);
        else Start(hinted: true);
    }

    /// <summary>Ends the running probe, if any; its answer no longer counts.</summary>
    private void Cut()
    {
        Timers.Cancel(LimitTimer);
        _running?.Cancel();
        _running?.Dispose();
        _running = null;
    }

    private void Tell() => Context.Parent.Tell(new HealthChanged(_target, _judge.Health, _reason));

    /// <summary>From the parent: what is known of the target from before this actor's time.</summary>
    internal sealed record RememberHealth(Health Health);

    private sealed record ProbeDue(bool Hinted);
    private sealed record ProbeAnswered(long Number, ProbeResult Result);
    private sealed record LimitReached(TimeSpan Limit);
}
