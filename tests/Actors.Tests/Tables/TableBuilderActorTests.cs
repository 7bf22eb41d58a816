using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using RustyRail.Actors.Tables;
using RustyRail.Contract.Specification;
using static Actors.Tests.SampleSpecs;
using static Actors.Tests.Tables.SampleStates;
using static RustyRail.Actors.Protocol.TablesProtocol;

namespace Actors.Tests.Tables;

public sealed class TableBuilderActorTests : TestKit
{
    private readonly TestProbe _pools;
    private readonly TestProbe _subscriber;
    private readonly IActorRef _builder;
    private readonly PoolSpec _web = Pool(Tcp(), Backend("a", "192.0.2.1"), Backend("b", "192.0.2.2"));

    public TableBuilderActorTests()
    {
        (_pools, _subscriber) = (CreateTestProbe(), CreateTestProbe());
        TablesOptions options = new(default, []) { Resubscribe = TimeSpan.FromMinutes(1) };
        _builder = Sys.ActorOf(Props.Create(() => new TableBuilderActor(_pools, options)));
        _builder.Tell(new SubscribeToTables(), _subscriber);
        _pools.ExpectMsg<SubscribeToPools>();
    }

    [Fact]
    public void A_state_is_told_with_the_tables_of_all_its_pools()
    {
        PoolsChanged state = State(_web, Pool("empty", Tcp()));
        _builder.Tell(state);
        TablesBuilt built = _subscriber.ExpectMsg<TablesBuilt>();
        Assert.Same(state, built.State);
        Assert.Equal(["empty", "web"], built.Tables.Keys.Select(pool => pool.Name));
    }

    [Fact]
    public void A_state_that_needs_no_new_table_is_told_all_the_same()
    {
        _builder.Tell(State(_web));
        TablesBuilt first = _subscriber.ExpectMsg<TablesBuilt>();
        PoolsChanged moved = State(Pool(Tcp(), Backend("a", "192.0.2.7"), Backend("b", "192.0.2.2")));
        _builder.Tell(moved);
        TablesBuilt second = _subscriber.ExpectMsg<TablesBuilt>();
        Assert.Same(moved, second.State);
        Assert.Same(first.Tables[Web].Entries, second.Tables[Web].Entries);
    }

    [Fact]
    public void The_newest_state_is_told_last_however_fast_they_come()
    {
        PoolsChanged[] states = [.. Enumerable.Range(1, 50).Select(weight => State(Large(weight)))];
        foreach (PoolsChanged state in states) _builder.Tell(state);
        int told = -1;
        while (told != states.Length - 1)
        {
            int next = Array.IndexOf(states, _subscriber.ExpectMsg<TablesBuilt>(TimeSpan.FromSeconds(20)).State);
            Assert.True(next > told);
            told = next;
        }

        _subscriber.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void The_answer_to_a_renewed_subscription_builds_nothing()
    {
        PoolsChanged state = State(_web);
        _builder.Tell(state);
        _subscriber.ExpectMsg<TablesBuilt>();
        _builder.Tell(state);
        _subscriber.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void A_late_subscriber_is_told_the_current_tables()
    {
        _builder.Tell(State(_web));
        TablesBuilt built = _subscriber.ExpectMsg<TablesBuilt>();
        _builder.Tell(new SubscribeToTables(), TestActor);
        Assert.Same(built, ExpectMsg<TablesBuilt>());
    }

    [Fact]
    public void After_its_crash_it_asks_for_the_state_again_and_knows_its_subscribers()
    {
        PoolsChanged state = State(_web);
        _builder.Tell(state);
        TablesBuilt before = _subscriber.ExpectMsg<TablesBuilt>();
        EventFilter.Exception<NullReferenceException>().ExpectOne(() => _builder.Tell(state with { Pools = null! }));
        _pools.ExpectMsg<SubscribeToPools>();
        _builder.Tell(state);
        Assert.Equal(before.Tables[Web].Digest, _subscriber.ExpectMsg<TablesBuilt>().Tables[Web].Digest);
    }

    [Fact]
    public void A_build_that_fails_is_logged_and_the_next_state_is_built()
    {
        PoolsChanged state = State(_web);
        PoolsChanged broken = state with { Pools = state.Pools.SetItem(Web, state.Pools[Web] with { TableSize = -1 }) };
        EventFilter.Error(contains: "could not be built").ExpectOne(() => _builder.Tell(broken));
        _builder.Tell(state);
        Assert.Same(state, _subscriber.ExpectMsg<TablesBuilt>().State);
    }

    /// <summary>Its table takes some milliseconds.</summary>
    private static PoolSpec Large(int weight) =>
        Pool(Tcp(), Backend("a", "192.0.2.1", weight), Backend("b", "192.0.2.2")) with { TableSize = 65537 };
}
