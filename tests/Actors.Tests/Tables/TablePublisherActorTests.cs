using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using RustyRail.Actors.Tables;
using RustyRail.Contract.Hashing;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;
using static Actors.Tests.SampleSpecs;
using static Actors.Tests.Tables.SampleStates;
using static RustyRail.Actors.Protocol.BackendHealthProtocol;
using static RustyRail.Actors.Protocol.MembershipProtocol;
using static RustyRail.Actors.Protocol.TablesProtocol;

namespace Actors.Tests.Tables;

/// <summary>Real region, virtual time; the test plays builder and next-hop actor.</summary>
public sealed class TablePublisherActorTests : TestKit
{
    private static readonly TablesOptions Options = new(new FlowHashKey(1, 2, FlowHashKey.MultiplyMix), [IPNetwork.Parse("198.51.100.0/24")]);
    private static readonly CatalogueSpec Two =
        CatalogueOf(Pool(Tcp(), Backend("a", "192.0.2.1"), Backend("b", "192.0.2.2"))).WithService("web", "203.0.113.1/32");

    private static readonly CatalogueSpec Three = CatalogueOf(Pool(Tcp(), Backend("a", "192.0.2.1"), Backend("b", "192.0.2.2"), Backend("aa", "192.0.2.3")));
    private static readonly NextHopsChanged ThreeHops = Hops("192.0.2.1", "192.0.2.2", "192.0.2.3");
    private readonly TestProbe _tables;
    private readonly TestProbe _nextHops;
    private readonly TestProbe _membership;
    private readonly TemporaryRegion _region = new(backends: 4);

    public TablePublisherActorTests()
        : base(VirtualTime.Config) =>
        (_tables, _nextHops, _membership) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe());

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void Tables_and_next_hops_become_a_generation()
    {
        IActorRef publisher = Start();
        PoolsChanged state = State(Two, down: Id("b"));
        publisher.Tell(state.Built());
        Assert.Equal(["192.0.2.1", "192.0.2.2"], _nextHops.ExpectMsg<ResolveNextHops>().Addresses.Select(address => address.ToString()).Order());
        Assert.Equal(0, Ask(publisher).Generation);
        publisher.Tell(Hops("192.0.2.1", "192.0.2.2"));

        TablesReport report = Ask(publisher);
        Assert.Equal((1, state.SpecDigest, false, true), (report.Generation, report.SpecDigest, report.Pending, report.Ready));
        Assert.Empty(report.Problems);
        Assert.Equal(["a"], _region.Table().Distinct());
        Assert.Equal(BackendFlags.TakesNew | BackendFlags.TakesEstablished | BackendFlags.NextHop | BackendFlags.OnLink, _region.Backend("a").Flags);
        Assert.Equal((BackendFlags.NextHop | BackendFlags.OnLink, (byte)Health.Down), (_region.Backend("b").Flags, _region.Backend("b").Health));
    }

    [Fact]
    public unsafe void The_snapshot_names_key_routers_services_and_digests()
    {
        IActorRef publisher = Publish(Two, Hops("192.0.2.1", "192.0.2.2"));
        SnapshotHeader header = *_region.Snapshot.Header;
        Assert.Equal((1UL, 2UL, FlowHashKey.MultiplyMix, 1, 1), (header.HashKey0, header.HashKey1, header.HashAlgorithm, header.Routers, header.ServiceSlots));
        Assert.Equal(Ask(publisher).TableDigest, PublishedState.Read(_region.Region).TableDigest);
        Assert.Equal(16, Ask(publisher).TableDigest.Length);
    }

    [Fact]
    public void A_new_backend_waits_for_its_next_hop_and_not_for_ever()
    {
        IActorRef publisher = Publish(Two, Hops("192.0.2.1", "192.0.2.2"));
        publisher.Tell(State(Three).Built());
        TablesReport waiting = Ask(publisher);
        Assert.Equal((1, true), (waiting.Generation, waiting.Pending));

        Scheduler.Advance(Options.NextHopPatience);
        TablesReport after = Ask(publisher);
        Assert.Equal((2, false), (after.Generation, after.Pending));
        Assert.Equal("backend web/aa (192.0.2.3): no next hop: not resolved yet", Assert.Single(after.Problems));
        Assert.False(_region.Backend("aa").Flags.HasFlag(BackendFlags.NextHop));

        publisher.Tell(ThreeHops);
        Assert.Equal(3, Ask(publisher).Generation);
        Assert.True(_region.Backend("aa").Flags.HasFlag(BackendFlags.NextHop));
    }

    [Fact]
    public void The_first_publication_waits_longer_for_an_answer_than_for_one_next_hop()
    {
        IActorRef publisher = Start();
        publisher.Tell(State(Two).Built());
        Ask(publisher);
        Scheduler.Advance(Options.FirstNextHopPatience + Options.NextHopPatience);
        Assert.Equal(0, Ask(publisher).Generation);

        NextHop unresolved = new(IPAddress.Parse("192.0.2.2"), null, null, null, 0, "192.0.2.2 does not answer ARP");
        publisher.Tell(new NextHopsChanged(Hops("192.0.2.1").ByAddress.Add(unresolved.Destination, unresolved)));
        Assert.Equal(0, Ask(publisher).Generation);
        Scheduler.Advance(Options.FirstNextHopPatience);
        Assert.Equal(1, Ask(publisher).Generation);
    }

    [Fact]
    public void The_first_publication_does_not_wait_for_an_answer_for_ever()
    {
        IActorRef publisher = Start();
        publisher.Tell(State(Two).Built());
        Ask(publisher);
        Scheduler.Advance(Options.FirstAnswerPatience);
        Assert.Equal(1, Ask(publisher).Generation);
    }

    [Fact]
    public void A_next_hop_that_is_lost_is_published_at_once_with_the_reason()
    {
        IActorRef publisher = Publish(Two, Hops("192.0.2.1", "192.0.2.2"));
        NextHop lost = new(IPAddress.Parse("192.0.2.2"), null, null, null, 0, "no route to 192.0.2.2");
        publisher.Tell(new NextHopsChanged(Hops("192.0.2.1").ByAddress.Add(lost.Destination, lost)));
        TablesReport report = Ask(publisher);
        Assert.Equal(2, report.Generation);
        Assert.Equal("backend web/b (192.0.2.2): no next hop: no route to 192.0.2.2", Assert.Single(report.Problems));
        Assert.False(_region.Backend("b").Flags.HasFlag(BackendFlags.NextHop));
    }

    [Fact]
    public void Send_l2_to_a_backend_behind_a_gateway_is_told_once_and_marked_for_the_dataplane()
    {
        ServiceSpec gre = Two.Services.Values.Single();
        CatalogueSpec spec = Two with { Services = Two.Services.Add(new("l2"), gre with { Id = new("l2"), Vip = IPNetwork.Parse("203.0.113.2/32"), Send = SendForm.L2 }) };
        NextHop behind = Hop("192.0.2.2") with { Gateway = IPAddress.Parse("192.0.2.9") };
        NextHopsChanged hops = new(Hops("192.0.2.1").ByAddress.Add(behind.Destination, behind));
        IActorRef publisher = Start();
        publisher.Tell(hops);

        EventFilter.Warning(message: "service l2: send l2 does not reach backend web/b (192.0.2.2), which is behind gateway 192.0.2.9").ExpectOne(() =>
        {
            publisher.Tell(State(spec).Built());
            publisher.Tell(State(spec).Built());
            publisher.Tell(new NextHopsChanged(hops.ByAddress.SetItem(behind.Destination, behind with { MtuBytes = 1400 })));
            Assert.Equal(3, Ask(publisher).Generation);
        });

        Assert.Equal("service l2: send l2 does not reach backend web/b (192.0.2.2), which is behind gateway 192.0.2.9", Assert.Single(Ask(publisher).Problems));
        Assert.True(_region.Backend("a").Flags.HasFlag(BackendFlags.OnLink));
        Assert.False(_region.Backend("b").Flags.HasFlag(BackendFlags.OnLink));
        Assert.True(_region.Backend("b").Flags.HasFlag(BackendFlags.NextHop));
        publisher.Tell(Hops("192.0.2.1", "192.0.2.2"));
        Assert.Empty(Ask(publisher).Problems);
    }

    [Fact]
    public void A_source_that_was_set_serves_the_backends_of_its_family_and_the_kernels_choice_the_others()
    {
        CatalogueSpec spec = CatalogueOf(Pool(Tcp(), Backend("a", "192.0.2.1"), Backend("b", "2001:db8::2")));
        NextHop six = Hop("2001:db8::2") with { Source = IPAddress.Parse("2001:db8::254") };
        NextHopsChanged hops = new(Hops("192.0.2.1").ByAddress.Add(six.Destination, six));
        (string, string) Sources(params string[] set)
        {
            SnapshotContent content = SnapshotContents.From(State(spec).Built(), hops.ByAddress, Options with { Sources = [.. set.Select(IPAddress.Parse)] });
            return (content.Pools[0].Backends[0].NextHop!.Source.ToString(), content.Pools[0].Backends[1].NextHop!.Source.ToString());
        }

        Assert.Equal(("192.0.2.254", "2001:db8::254"), Sources());
        Assert.Equal(("192.0.2.7", "2001:db8::254"), Sources("192.0.2.7"));
        Assert.Equal(("192.0.2.254", "2001:db8::7"), Sources("2001:db8::7"));
        Assert.Equal(("192.0.2.7", "2001:db8::7"), Sources("2001:db8::7", "192.0.2.7"));
    }

    [Fact]
    public void What_is_known_already_is_not_published_again()
    {
        IActorRef publisher = Start();
        TablesBuilt built = State(Two).Built();
        publisher.Tell(built);
        publisher.Tell(Hops("192.0.2.1", "192.0.2.2"));
        publisher.Tell(Hops("192.0.2.1", "192.0.2.2"));
        publisher.Tell(built);
        Assert.Equal(1, Ask(publisher).Generation);
    }

    [Fact]
    public unsafe void It_never_waits_for_a_slot_but_coalesces_and_looks_again()
    {
        IActorRef publisher = Publish(Two, ThreeHops);
        ReaderLine* reader = _region.Pin(generation: 1);
        for (int i = 0; i < 10; i++) publisher.Tell(State(Two).Built());
        TablesReport blocked = Ask(publisher);
        Assert.Equal((4, true), (blocked.Generation, blocked.Pending)); // four slots, the first one pinned

        PoolsChanged last = State(Three);
        publisher.Tell(last.Built());
        Volatile.Write(ref reader->Pinned, 4);
        Ask(publisher);
        Scheduler.Advance(Options.SlotRetry);
        TablesReport free = Ask(publisher);
        Assert.Equal((5, false, last.SpecDigest), (free.Generation, free.Pending, free.SpecDigest));
    }

    [Fact]
    public void Slots_stay_with_their_backends_and_unchanged_tables_where_they_are()
    {
        IActorRef publisher = Publish(Two, ThreeHops);
        long offset = _region.TableOffset();
        publisher.Tell(State(Two).Built());
        Ask(publisher);
        Assert.Equal(offset, _region.TableOffset());
        publisher.Tell(State(Three).Built());
        Ask(publisher);
        Assert.Equal(["a", "b", "aa"], _region.SlotNames());
        Assert.Equal(["a", "aa", "b"], _region.Table().Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_new_process_goes_on_where_the_last_one_stopped()
    {
        IActorRef first = Publish(Two, ThreeHops);
        first.Tell(State(Three).Built());
        TablesReport before = Ask(first);
        long offset = _region.TableOffset();
        Watch(first);
        Sys.Stop(first);
        ExpectTerminated(first);

        IActorRef second = Start(_region.OpenAgain());
        TablesReport attached = Ask(second);
        Assert.Equal(before with { Ready = false, Problems = attached.Problems }, attached);
        second.Tell(State(Three).Built());
        second.Tell(ThreeHops);
        TablesReport after = Ask(second);
        Assert.Equal((before.Generation + 1, before.TableDigest, true), (after.Generation, after.TableDigest, after.Ready));
        Assert.Equal(["a", "b", "aa"], _region.SlotNames());
        Assert.Equal(offset, _region.TableOffset());
    }

    [Fact]
    public void After_its_crash_it_asks_its_inputs_again_and_counts_on()
    {
        IActorRef publisher = Publish(Two, ThreeHops);
        EventFilter.Exception<NullReferenceException>().ExpectOne(() => publisher.Tell(new TablesBuilt(null!, null!)));
        _tables.ExpectMsg<SubscribeToTables>();
        publisher.Tell(State(Three).Built());
        _nextHops.ExpectMsg<ResolveNextHops>();
        publisher.Tell(ThreeHops);
        Assert.Equal(2, Ask(publisher).Generation);
        Assert.Equal(["a", "b", "aa"], _region.SlotNames());
    }

    [Fact]
    public void Renewal_asks_for_tables_and_for_next_hops_that_never_came()
    {
        IActorRef publisher = Start();
        publisher.Tell(State(Two).Built());
        _nextHops.ExpectMsg<ResolveNextHops>();
        Ask(publisher);
        Scheduler.Advance(Options.Resubscribe);
        _tables.ExpectMsg<SubscribeToTables>();
        _nextHops.ExpectMsg<ResolveNextHops>();
        publisher.Tell(Hops("192.0.2.1", "192.0.2.2"));
        Ask(publisher);
        Scheduler.Advance(Options.Resubscribe);
        _tables.ExpectMsg<SubscribeToTables>();
        _nextHops.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void Each_generation_is_announced_and_so_is_the_one_that_was_found()
    {
        TablesReport first = Ask(Publish(Two, ThreeHops));
        AnnounceNode expected = new(1, first.SpecDigest, first.TableDigest);
        Assert.Equal(expected, _membership.ExpectMsg<AnnounceNode>());
        Start();
        Assert.Equal(expected, _membership.ExpectMsg<AnnounceNode>());
    }

    [Fact]
    public void What_exceeds_a_capacity_is_named_and_what_was_published_stays()
    {
        IActorRef publisher = Publish(Two, ThreeHops);
        BackendSpec[] five = [.. Enumerable.Range(0, 5).Select(i => Backend($"s{i}", "192.0.2.1"))];
        EventFilter.Error(contains: "capacity").ExpectOne(() => publisher.Tell(State(Pool(Tcp(), five)).Built()));
        TablesReport report = Ask(publisher);
        Assert.Equal((1, true), (report.Generation, report.Pending));
        Assert.Contains("more backends than the capacity of 4", report.Problems[0], StringComparison.Ordinal);
        publisher.Tell(State(Three).Built());
        Assert.Equal((2, false), (Ask(publisher).Generation, Ask(publisher).Pending));
    }

    [Fact]
    public void The_table_digest_does_not_depend_on_slots()
    {
        IActorRef grown = Publish(Two, ThreeHops);
        grown.Tell(State(Three).Built());
        string digest = Ask(grown).TableDigest;
        using TemporaryRegion other = new();
        IActorRef fresh = Start(other.Region);
        fresh.Tell(ThreeHops);
        fresh.Tell(State(Three).Built());
        Assert.Equal(digest, Ask(fresh).TableDigest);
        Assert.Equal(["a", "aa", "b"], other.SlotNames());
        fresh.Tell(State(Two).Built());
        Assert.NotEqual(digest, Ask(fresh).TableDigest);
    }

    [Fact]
    public void A_node_is_not_ready_before_the_first_round_is_done()
    {
        IActorRef publisher = Start();
        PoolsChanged state = State(Two);
        publisher.Tell(Hops("192.0.2.1", "192.0.2.2"));
        publisher.Tell((state with { Health = state.Health with { FirstRoundDone = false } }).Built());
        Assert.Equal((1, false), (Ask(publisher).Generation, Ask(publisher).Ready));
        publisher.Tell(state.Built());
        Assert.True(Ask(publisher).Ready);
    }

    [Fact]
    public void The_next_control_plane_inherits_the_judgements()
    {
        Start(); // a publisher that has published nothing
        Assert.Empty(PublishedState.Read(_region.Region).Judgements.KnownUp);
        IActorRef publisher = Start();
        publisher.Tell(ThreeHops);
        publisher.Tell(State(Three, down: Id("b")).Built());
        Ask(publisher);
        InheritHealth inherited = PublishedState.Read(_region.Region).Judgements;
        Assert.Equal([Id("a"), Id("aa")], inherited.KnownUp.Order());
        Assert.Equal(Id("b"), Assert.Single(inherited.KnownDown));
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing); // ends the actors that use the mapping
        _region.Dispose();
    }

    private IActorRef Start(RegionFile? region = null)
    {
        RegionFile used = region ?? _region.Region;
        IActorRef publisher = Sys.ActorOf(Props.Create(() => new TablePublisherActor(used, _tables, _nextHops, _membership, Options)));
        _tables.ExpectMsg<SubscribeToTables>();
        return publisher;
    }

    private IActorRef Publish(CatalogueSpec spec, NextHopsChanged nextHops)
    {
        IActorRef publisher = Start();
        publisher.Tell(nextHops);
        publisher.Tell(State(spec).Built());
        Assert.Equal(1, Ask(publisher).Generation);
        _nextHops.ExpectMsg<ResolveNextHops>();
        return publisher;
    }

    private TablesReport Ask(IActorRef publisher)
    {
        publisher.Tell(new GetTables(), TestActor);
        return ExpectMsg<TablesReport>();
    }
}
