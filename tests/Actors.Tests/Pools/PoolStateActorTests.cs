using System.Collections.Immutable;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using RustyRail.Actors.Pools;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using static Actors.Tests.SampleSpecs;
using static RustyRail.Actors.Protocol.BackendHealthProtocol;
using static RustyRail.Actors.Protocol.CatalogueProtocol;
using static RustyRail.Actors.Protocol.TablesProtocol;

namespace Actors.Tests.Pools;

public sealed class PoolStateActorTests : TestKit
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);
    private readonly TestProbe _catalogue;
    private readonly TestProbe _health;
    private readonly TestProbe _subscriber;
    private readonly IActorRef _pools;
    private readonly CatalogueChanged _spec = Changed(Pool(Tcp(), Backend("a", "192.0.2.1"), Backend("b", "192.0.2.2")));

    public PoolStateActorTests()
        : base(VirtualTime.Config)
    {
        (_catalogue, _health, _subscriber) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe());
        _pools = Sys.ActorOf(Props.Create(() => new PoolStateActor(_catalogue, _health, new PoolOptions())));
        _pools.Tell(new SubscribeToPools(), _subscriber);
        ExpectSubscriptions();
    }

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void Nothing_is_told_before_both_inputs_are_known()
    {
        _pools.Tell(_spec);
        _subscriber.ExpectNoMsg(Moment);
        _pools.Tell(Report("a+ b+"));
        PoolsChanged told = _subscriber.ExpectMsg<PoolsChanged>();
        Assert.Equal(_spec.SpecDigest, told.SpecDigest);
        Assert.True(told.Health.FirstRoundDone);
        Assert.Equal("a b", NewOf(told));
    }

    [Fact]
    public void The_first_change_of_a_quiet_period_goes_out_at_once()
    {
        Begin();
        _pools.Tell(Report("a- b+"));
        Assert.Equal("b", NewOf(_subscriber.ExpectMsg<PoolsChanged>()));
    }

    [Fact]
    public void A_burst_is_told_once_when_the_window_ends()
    {
        Begin();
        _pools.Tell(Report("a- b+"));
        Assert.Equal("b", NewOf(_subscriber.ExpectMsg<PoolsChanged>()));
        _pools.Tell(Report("a+ b+"));
        _pools.Tell(Report("a+ b-"));
        _subscriber.ExpectNoMsg(Moment);
        Scheduler.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal("a", NewOf(_subscriber.ExpectMsg<PoolsChanged>()));
        _subscriber.ExpectNoMsg(Moment);
    }

    [Fact]
    public void What_goes_forth_and_back_within_a_window_is_not_told()
    {
        Begin();
        _pools.Tell(Report("a- b+"));
        _subscriber.ExpectMsg<PoolsChanged>();
        _pools.Tell(Report("a+ b+"));
        _pools.Tell(Report("a- b+"));
        Settle();
        Scheduler.Advance(TimeSpan.FromMilliseconds(20));
        _subscriber.ExpectNoMsg(Moment);
    }

    [Fact]
    public void Another_reason_is_no_change()
    {
        Begin();
        _pools.Tell(Report("a+ b+", reason: "HTTP status 204"));
        _subscriber.ExpectNoMsg(Moment);
    }

    [Fact]
    public void The_end_of_the_first_round_is_told()
    {
        _pools.Tell(_spec);
        _pools.Tell(Report("a+ b?", firstRoundDone: false));
        Assert.False(_subscriber.ExpectMsg<PoolsChanged>().Health.FirstRoundDone);
        EndWindow();
        _pools.Tell(Report("a+ b+"));
        Assert.True(_subscriber.ExpectMsg<PoolsChanged>().Health.FirstRoundDone);
    }

    [Fact]
    public void After_its_crash_it_asks_its_inputs_again_and_knows_its_subscribers()
    {
        Begin();
        EventFilter.Exception<NullReferenceException>().ExpectOne(() =>
        {
            _pools.Tell(new CatalogueChanged(null!, "broken"));
        });
        ExpectSubscriptions();
        _pools.Tell(_spec);
        _pools.Tell(Report("a+ b-"));
        Assert.Equal("a", NewOf(_subscriber.ExpectMsg<PoolsChanged>()));
    }

    [Fact]
    public void Subscriptions_are_renewed()
    {
        Begin();
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        ExpectSubscriptions();
    }

    [Fact]
    public void A_late_subscriber_is_told_the_current_state()
    {
        Begin();
        TestProbe late = CreateTestProbe();
        _pools.Tell(new SubscribeToPools(), late);
        Assert.Equal("a b", NewOf(late.ExpectMsg<PoolsChanged>()));
    }

    private void Begin()
    {
        _pools.Tell(_spec);
        _pools.Tell(Report("a+ b+"));
        _subscriber.ExpectMsg<PoolsChanged>();
        EndWindow();
    }

    private void EndWindow()
    {
        Settle();
        Scheduler.Advance(TimeSpan.FromMilliseconds(20));
        Settle();
    }

    private void Settle()
    {
        _pools.Tell(new Identify(null), TestActor);
        ExpectMsg<ActorIdentity>();
    }

    private void ExpectSubscriptions()
    {
        _catalogue.ExpectMsg<SubscribeToCatalogue>();
        _health.ExpectMsg<SubscribeToHealth>();
        Settle();
    }

    private static HealthReport Report(string states, bool firstRoundDone = true, string reason = "") => new(
        states.Split(' ').ToImmutableSortedDictionary(
            state => Id(state[..1]),
            state => new HealthState(state[1] switch { '+' => Health.Up, '-' => Health.Down, _ => Health.Unknown }, reason, default)),
        firstRoundDone);

    private static string NewOf(PoolsChanged told) => string.Join(' ', told.Pools[Web].TakesNew.Select(backend => backend.Backend.Name));
}
