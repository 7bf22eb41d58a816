using System.Net;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using RustyRail.Actors.BackendHealth;
using static Actors.Tests.BackendHealth.ScriptedProbe;
using static RustyRail.Actors.Protocol.BackendHealthProtocol;

namespace Actors.Tests.BackendHealth;

/// <summary>Interval 2 s, timeout 1 s, rise 2, fall 3, on virtual time.</summary>
public sealed class HealthProbeActorTests : TestKit
{
    private static readonly HealthTarget Target = new(IPAddress.Parse("192.0.2.1"), SampleSpecs.Tcp());
    private static readonly HintTrouble Hint = new(Target.Address, "ICMP");
    private readonly TestProbe _runs;
    private readonly TestProbe _parent;
    private readonly SchedulerTime _time;
    private IActorRef _actor = ActorRefs.Nobody;

    public HealthProbeActorTests()
        : base(VirtualTime.Config)
    {
        (_runs, _parent) = (CreateTestProbe(), CreateTestProbe());
        _time = new(Scheduler);
    }

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void It_says_that_it_knows_nothing_before_it_probes()
    {
        Start();
        _runs.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Probes_that_answer_in_time_start_an_interval_apart()
    {
        Start();
        Run first = NextRunAfter(0);
        Advance(0.7);
        Answer(first, ok: true);
        Advance(1.299);
        _runs.ExpectNoMsg(TimeSpan.Zero);
        NextRunAfter(0.001);
    }

    [Fact]
    public void A_silent_target_is_down_after_fall_timeouts_within_the_promised_time()
    {
        Start();
        Answer(NextRunAfter(0), ok: true);
        TimeSpan fault = Scheduler.Now.TimeOfDay;
        for (int i = 0; i < 3; i++)
        {
            NextRunAfter(i == 0 ? 2 : 1);
            Advance(1);
        }

        ExpectHealth(Health.Down, "no answer within 1000 ms");
        Assert.Equal(TimeSpan.FromSeconds(7), Scheduler.Now.TimeOfDay - fault);
    }

    [Fact]
    public void A_probe_that_outlasts_the_interval_is_followed_at_once()
    {
        Start(Target with { Check = SampleSpecs.Tcp(intervalSeconds: 0.5, timeoutSeconds: 3) });
        NextRunAfter(0);
        Advance(3);
        NextRunAfter(0);
    }

    [Fact]
    public void An_answer_after_the_limit_no_longer_counts()
    {
        Start();
        Run first = NextRunAfter(0);
        Advance(1);
        ExpectHealth(Health.Down, "no answer within 1000 ms");
        first.Succeed();
        Answer(NextRunAfter(1), ok: true);
        _parent.ExpectNoMsg(TimeSpan.FromMilliseconds(50)); // one success, rise is 2: the late one was not counted
        Answer(NextRunAfter(2), ok: true);
        ExpectHealth(Health.Up, "connected");
    }

    [Fact]
    public void Jitter_only_shortens()
    {
        Start(options: Exact with { Jitter = 0.5, TimerSlack = TimeSpan.FromMilliseconds(20) });
        List<int> distances = [];
        Answer(NextRunAfter(0), ok: true);
        for (int i = 0; i < 20; i++)
        {
            int milliseconds = 0;
            for (; !_runs.HasMessages; milliseconds += 10) Advance(0.01);
            distances.Add(milliseconds);
            Answer(_runs.ExpectMsg<Run>(), ok: true);
        }

        Assert.InRange(distances.Max(), 0, 1980);
        Assert.InRange(distances.Min(), 980, 1900);
    }

    [Fact]
    public void A_hint_probes_at_once_and_one_failure_suffices()
    {
        IActorRef actor = Start();
        Answer(NextRunAfter(0), ok: true);
        ExpectHealth(Health.Up, "connected");
        Advance(0.3);

        actor.Tell(Hint);
        Run hinted = _runs.ExpectMsg<Run>();
        Advance(0.15);

        ExpectHealth(Health.Down, "no answer within 150 ms");
        Assert.True(hinted.Cancel.IsCancellationRequested);
    }

    [Fact]
    public void A_hint_that_a_probe_refutes_changes_nothing()
    {
        IActorRef actor = Start();
        Answer(NextRunAfter(0), ok: true);
        ExpectHealth(Health.Up, "connected");
        actor.Tell(Hint);
        Answer(_runs.ExpectMsg<Run>(), ok: true);
        Answer(NextRunAfter(2), ok: false);
        NextRunAfter(2);
        _parent.ExpectNoMsg(TimeSpan.FromMilliseconds(50)); // that failure was one of three again
    }

    [Fact]
    public void Hints_start_at_most_one_probe_in_a_pause_and_the_last_one_is_not_lost()
    {
        IActorRef actor = Start();
        Answer(NextRunAfter(0), ok: true);
        actor.Tell(Hint);
        Answer(_runs.ExpectMsg<Run>(), ok: true);
        for (int i = 0; i < 100; i++) actor.Tell(Hint);
        Settle();
        _runs.ExpectNoMsg(TimeSpan.Zero);
        NextRunAfter(Exact.HintPause.TotalSeconds);
        _runs.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void A_hint_replaces_a_probe_that_runs()
    {
        IActorRef actor = Start();
        Run slow = NextRunAfter(0);
        actor.Tell(Hint);
        _runs.ExpectMsg<Run>();
        Assert.True(slow.Cancel.IsCancellationRequested);
    }

    [Fact]
    public void What_is_remembered_needs_fall_failures()
    {
        IActorRef actor = Start();
        actor.Tell(new HealthProbeActor.RememberHealth(Health.Up));
        Answer(NextRunAfter(0), ok: false);
        Answer(NextRunAfter(2), ok: false);
        _parent.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        Answer(NextRunAfter(2), ok: false);
        ExpectHealth(Health.Down, "connection refused");
    }

    [Fact]
    public void A_stopped_actor_cancels_its_probe()
    {
        IActorRef actor = Start();
        Run run = NextRunAfter(0);
        Sys.Stop(actor);
        AwaitCondition(() => run.Cancel.IsCancellationRequested);
    }

    private static BackendHealthOptions Exact { get; } = new() { Jitter = 0, TimerSlack = TimeSpan.Zero };

    private IActorRef Start(HealthTarget? target = null, BackendHealthOptions? options = null)
    {
        HealthTarget wanted = target ?? Target;
        BackendHealthOptions chosen = options ?? Exact;
        _actor = _parent.ChildActorOf(Props.Create(() => new HealthProbeActor(wanted, new ScriptedProbe(wanted, _runs), TimeSpan.Zero, chosen, _time)));
        _parent.ExpectMsg(new HealthChanged(wanted, Health.Unknown, "not probed yet"));
        Settle();
        return _actor;
    }

    /// <summary>Returns when the actor has dealt with all that it was sent.</summary>
    private void Settle()
    {
        TestProbe probe = CreateTestProbe();
        _actor.Tell(new Identify(null), probe);
        probe.ExpectMsg<ActorIdentity>();
    }

    private void Advance(double seconds)
    {
        Scheduler.Advance(TimeSpan.FromSeconds(seconds));
        Settle();
    }

    private Run NextRunAfter(double seconds)
    {
        Advance(seconds);
        return _runs.ExpectMsg<Run>(TimeSpan.FromSeconds(3));
    }

    /// <summary>Answers and waits until the actor has armed its next probe.</summary>
    private void Answer(Run run, bool ok)
    {
        if (ok) run.Succeed();
        else run.Fail();
        AwaitCondition(() => run.Cancel.IsCancellationRequested); // every concluded probe is cut
        Settle();
    }

    private void ExpectHealth(Health health, string reason) =>
        _parent.FishForMessage(message => message is HealthChanged changed && changed.Health == health && changed.Reason == reason);
}
