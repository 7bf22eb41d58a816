using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using RustyRail.Actors.BackendHealth;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using static Actors.Tests.BackendHealth.ScriptedProbe;
using static Actors.Tests.SampleSpecs;
using static RustyRail.Actors.Protocol.BackendHealthProtocol;
using static RustyRail.Actors.Protocol.CatalogueProtocol;

namespace Actors.Tests.BackendHealth;

/// <summary>Virtual time; the test plays catalogue, network and subscriber.</summary>
public sealed class BackendHealthActorTests : TestKit
{
    private readonly TestProbe _catalogue;
    private readonly TestProbe _runs;
    private readonly TestProbe _subscriber;
    private CatalogueChanged _spec = Changed(Pool(Tcp(), Backend("a", "192.0.2.1"), Backend("b", "192.0.2.2")));
    private IActorRef _health = ActorRefs.Nobody;
    private bool _crashNextProbe;

    public BackendHealthActorTests()
        : base(VirtualTime.Config)
    {
        (_catalogue, _runs, _subscriber) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe());
        _catalogue.SetAutoPilot(new DelegateAutoPilot((sender, message) =>
        {
            if (message is SubscribeToCatalogue) sender.Tell(_spec);
            return AutoPilot.KeepRunning;
        }));
    }

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void Every_backend_of_the_catalogue_is_probed_and_reported()
    {
        Start();
        Assert.Equal(["a=Unknown", "b=Unknown"], Told(NextReport()));
        foreach (Run run in NextRuns(2))
        {
            if (run.Target.Address.Equals(IPAddress.Parse("192.0.2.1"))) run.Succeed();
            else run.Fail();
        }

        HealthReport report = AwaitReport("a=Up", "b=Down");
        Assert.True(report.FirstRoundDone);
        Assert.Equal("connection refused", report.Backends[Id("b")].Reason);
    }

    [Fact]
    public void The_first_round_is_not_done_before_all_have_answered()
    {
        Start();
        NextReport();
        Run[] runs = NextRuns(2);
        runs[0].Succeed();
        Assert.False(AwaitReport("a=Up", "b=Unknown").FirstRoundDone);
        runs[1].Succeed();
        Assert.True(AwaitReport("a=Up", "b=Up").FirstRoundDone);
    }

    [Fact]
    public void A_pool_without_a_check_is_up_and_not_probed()
    {
        _spec = Changed(Pool(HealthSpec.None, Backend("a", "192.0.2.1")));
        Start();
        Assert.True(AwaitReport("a=Up").FirstRoundDone);
        Advance(TimeSpan.FromSeconds(5));
        _runs.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void A_backend_that_leaves_the_catalogue_is_no_longer_probed()
    {
        IActorRef health = Start();
        NextReport();
        Run gone = NextRuns(2).Single(run => run.Target.Address.Equals(IPAddress.Parse("192.0.2.2")));
        health.Tell(_spec = Changed(Pool(Tcp(), Backend("a", "192.0.2.1"))), _catalogue);
        AwaitReport("a=Unknown");
        AwaitCondition(() => gone.Cancel.IsCancellationRequested);
    }

    [Fact]
    public void Inherited_judgements_are_in_the_first_report()
    {
        Start(new InheritHealth([Id("a")], [Id("b")]));
        HealthReport report = NextReport();
        Assert.Equal(["a=Up", "b=Down"], Told(report));
        Assert.True(report.FirstRoundDone);
    }

    [Fact]
    public void A_hint_reaches_the_targets_of_its_address_alone()
    {
        IActorRef health = Start();
        NextReport();
        Succeed(NextRuns(2));
        AwaitReport("a=Up", "b=Up");
        health.Tell(new HintTrouble(IPAddress.Parse("192.0.2.2"), "ICMP port unreachable"));
        Run hinted = _runs.ExpectMsg<Run>();
        Assert.Equal(IPAddress.Parse("192.0.2.2"), hinted.Target.Address);
        hinted.Fail();
        AwaitReport("a=Up", "b=Down");
        _runs.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void A_crashed_probe_starts_again_and_knows_what_was_known()
    {
        Start();
        NextReport();
        Fail(NextRuns(2));
        AwaitReport("a=Down", "b=Down");

        Volatile.Write(ref _crashNextProbe, true);
        Advance(TimeSpan.FromSeconds(2)); // one of the two crashes, starts again and probes at once
        AwaitCondition(() => !Volatile.Read(ref _crashNextProbe));
        Run[] runs = NextRuns(2);
        Succeed(runs);
        Advance(TimeSpan.FromSeconds(1));
        _subscriber.ExpectNoMsg(TimeSpan.FromMilliseconds(50)); // still down: rise is 2, also for the one that crashed
    }

    [Fact]
    public void After_its_crash_the_judgements_and_the_subscribers_are_still_there()
    {
        IActorRef health = Start();
        NextReport();
        Fail(NextRuns(2));
        AwaitReport("a=Down", "b=Down");

        EventFilter.Exception<NullReferenceException>().ExpectOne(() => health.Tell(new CatalogueChanged(null!, "broken")));

        HealthReport report = NextReport();
        Assert.Equal(["a=Down", "b=Down"], Told(report));
        Assert.True(report.FirstRoundDone);
        Succeed(NextRuns(2));
        Advance(TimeSpan.FromSeconds(2));
        Succeed(NextRuns(2));
        AwaitReport("a=Up", "b=Up");
    }

    [Fact]
    public void A_catalogue_that_forgot_its_subscribers_is_asked_again()
    {
        Start();
        NextReport();
        Advance(TimeSpan.FromSeconds(1));
        _catalogue.FishForMessage(message => message is SubscribeToCatalogue);
    }

    [Fact]
    public void Changes_within_a_window_are_told_together()
    {
        ImmutableArray<BackendSpec> many = [.. Enumerable.Range(1, 50).Select(i => Backend($"s{i:00}", $"192.0.2.{i}"))];
        _spec = Changed(Pool(Tcp(), [.. many]));
        Start();
        NextReport();
        Succeed(NextRuns(50));
        AwaitReport([.. many.Select(backend => $"{backend.Id.Name}=Up")], out int reports);
        Assert.InRange(reports, 1, 10);
    }

    [Fact]
    public void Many_new_targets_start_spread_over_time()
    {
        _spec = Changed(Pool(Tcp(), [.. Enumerable.Range(1, 100).Select(i => Backend($"s{i:000}", $"192.0.2.{i}"))]));
        Start();
        DateTimeOffset begin = Scheduler.Now;
        NextRuns(100);
        Assert.InRange((Scheduler.Now - begin).TotalMilliseconds, 60, 150);
    }

    private IActorRef Start(InheritHealth? inherited = null)
    {
        BackendHealthOptions options = new() { Jitter = 0, TimerSlack = TimeSpan.Zero };
        SchedulerTime time = new(Scheduler);
        InheritHealth known = inherited ?? new InheritHealth([], []);
        ProbeSource probes = target => target.Check.Type == HealthCheckType.None ? null : new CrashingProbe(this, new ScriptedProbe(target, _runs));
        IActorRef health = _health = Sys.ActorOf(Props.Create(() => new BackendHealthActor(_catalogue, probes, options, time, known)));
        health.Tell(new SubscribeToHealth(), _subscriber);
        _catalogue.ExpectMsg<SubscribeToCatalogue>();
        return health;
    }

    /// <summary>Only while no actor works: the TestScheduler can lose what is scheduled while its time advances.</summary>
    private void Advance(TimeSpan time)
    {
        TestProbe settled = CreateTestProbe();
        Settle(_health, settled);
        // Only now are its children all there.
        foreach (IActorRef probe in ((ActorRefWithCell)_health).Children) Settle(probe, settled);
        Scheduler.Advance(time);
    }

    private static void Settle(IActorRef actor, TestProbe settled)
    {
        actor.Tell(new Identify(null), settled);
        settled.ExpectMsg<ActorIdentity>();
    }

    private HealthReport NextReport()
    {
        HealthReport? report = null;
        AwaitCondition(() =>
        {
            Advance(TimeSpan.FromMilliseconds(10));
            return (report = _subscriber.ReceiveOne(TimeSpan.FromMilliseconds(20)) as HealthReport) is not null;
        });
        return report!;
    }

    private HealthReport AwaitReport(params string[] expected) => AwaitReport(expected, out _);

    private HealthReport AwaitReport(string[] expected, out int reports)
    {
        int count = 0;
        HealthReport? report = null;
        AwaitCondition(() =>
        {
            count++;
            return Told(report = NextReport()).SequenceEqual(expected);
        });
        reports = count;
        return report!;
    }

    /// <summary>Lets time pass, a millisecond at a time, until that many probes run.</summary>
    private Run[] NextRuns(int count)
    {
        List<Run> runs = [];
        for (int patience = 0; runs.Count < count && patience < 1000; patience++)
        {
            if (_runs.ReceiveOne(TimeSpan.FromMilliseconds(5)) is Run run) runs.Add(run);
            else Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(count, runs.Count);
        return [.. runs.OrderBy(run => run.Target.Address.ToString(), StringComparer.Ordinal)];
    }

    private void Succeed(Run[] runs) => Conclude(runs, run => run.Succeed());

    private void Fail(Run[] runs) => Conclude(runs, run => run.Fail());

    private void Conclude(Run[] runs, Action<Run> answer)
    {
        foreach (Run run in runs) answer(run);
        AwaitCondition(() => runs.All(run => run.Cancel.IsCancellationRequested)); // every concluded probe is cut
    }

    private static string[] Told(HealthReport report) => [.. report.Backends.Select(pair => $"{pair.Key.Name}={pair.Value.Health}")];

    /// <summary>Throws in the probing actor, once, when the test wants it.</summary>
    private sealed class CrashingProbe(BackendHealthActorTests test, IProbe probe) : IProbe
    {
        public Task<ProbeResult> RunAsync(CancellationToken cancel) =>
            Interlocked.Exchange(ref test._crashNextProbe, false) ? throw new InvalidOperationException("crash wanted") : probe.RunAsync(cancel);
    }
}
