using System.Diagnostics;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using RustyRail.Contract.Region;
using static RustyRail.Actors.Protocol.ExceptionsProtocol;

namespace Actors.Tests.Exceptions;

/// <summary>Nodes of one process that tell each other by messages; time is the test's.</summary>
public sealed class ExceptionsActorTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(7440);
    private static readonly int[] Clients = [.. Enumerable.Range(1, 300)];

    private readonly List<ExceptionNode> _nodes = [], _killed = [];
    private readonly DateTimeOffset _began;
    private readonly ExceptionNode _a, _b;

    public ExceptionsActorTests()
        : base(VirtualTime.Config)
    {
        _began = Scheduler.Now;
        (_a, _b) = (Node("lb1"), Node("lb2"));
        PublishAll("a", "b", "c");
    }

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void After_a_change_the_other_node_knows_the_old_flows_and_no_others()
    {
        _a.Reaches(_b);
        Dictionary<int, string> before = Open(_a);
        PublishAll("a", "-b", "c", "d");
        UntilSynced();

        foreach (int client in Clients) Assert.Equal(before[client], _b.Route(client));
        foreach (int client in Clients) Assert.Equal(before[client] == _b.Fresh(client), _b.Exception(client) is null);
        Assert.Contains(Clients, client => _b.Exception(client) == "b");
        Assert.Contains(Clients, client => _b.Fresh(client) == "d" && _b.Exception(client) is "a" or "c");
        (ExceptionsReport a, ExceptionsReport b) = (_a.Report(), _b.Report());
        Assert.Equal((a.Held, a.Held), (b.Known, b.Placed));
        Assert.True(b.Received >= a.Held); // a batch whose answer is late is sent twice
        Assert.Equal((0, 0L), (b.Held, b.Overflowed));
    }

    [Fact]
    public void Flows_that_end_are_forgotten_with_the_second_renewal_and_the_others_stay()
    {
        _a.Reaches(_b);
        Dictionary<int, string> before = Open(_a);
        PublishAll("a", "-b", "c");
        UntilSynced();
        int[] held = [.. Clients.Where(client => _b.Exception(client) is not null)];

        foreach (int client in held[..5]) _a.Forget(client);
        Pass(2 * Renewal);
        Until(() => held[..5].All(client => _b.Exception(client) is null));
        Assert.All(held[5..], client => Assert.Equal(before[client], _b.Exception(client)));

        // Idle for longer than any flow may be, but for those that the sender sees packets of.
        for (TimeSpan passed = default; passed < Idle; passed += TimeSpan.FromMinutes(20))
        {
            Pass(TimeSpan.FromMinutes(20));
            foreach (int client in held[10..]) _a.Touch(client);
        }

        Pass(2 * Renewal);
        Until(() => held[..10].All(client => _b.Exception(client) is null));
        Assert.All(held[10..], client => Assert.Equal(before[client], _b.Exception(client)));
    }

    [Fact]
    public void What_a_node_told_that_died_lasts_until_the_flows_idle_time_out()
    {
        _a.Reaches(_b);
        Dictionary<int, string> before = Open(_a);
        PublishAll("a", "-b", "c");
        UntilSynced();
        int[] held = [.. Clients.Where(client => _b.Exception(client) is not null)];
        Kill(_a);
        Pass(Idle - TimeSpan.FromMinutes(1));
        Assert.All(held, client => Assert.Equal(before[client], _b.Exception(client)));
        Pass(TimeSpan.FromMinutes(2));
        Until(() => _b.Report().Known == 0);
        Assert.All(held, client => Assert.Null(_b.Exception(client)));
    }

    [Fact]
    public void Who_joins_is_told_everything_before_it_counts_as_told_also_by_the_dead()
    {
        ExceptionNode dead = Node("lb0");
        dead.Publish("a", "b", "c");
        dead.Reaches(_a);
        dead.Reaches(_b);
        _a.Reaches(_b);
        Dictionary<int, string> before = Open(_a, Clients[..150]);
        foreach ((int client, string backend) in Open(dead, Clients[150..])) before[client] = backend;
        PublishAll("a", "-b", "c", "d");
        UntilSynced();
        Kill(dead);

        ExceptionNode late = Node("lb3");
        late.Publish("a", "-b", "c", "d");
        late.Actor.Tell(new PeerFound("lb1", CreateTestProbe().Ref));
        late.Actor.Tell(new PeersKnown());
        Assert.False(late.Report().Told);
        late.Reaches(_a);
        late.Reaches(_b);
        Until(() => late.Report().Told);
        foreach (int client in Clients) Assert.Equal(before[client], late.Route(client));
    }

    [Fact]
    public void A_node_alone_is_told_at_once_and_one_that_nobody_answers_after_a_while()
    {
        _a.Actor.Tell(new PeersKnown());
        Assert.True(_a.Report().Told);

        _b.Actor.Tell(new PeerFound("lb9", CreateTestProbe().Ref));
        _b.Actor.Tell(new PeersKnown());
        Assert.False(_b.Report().Told);
        Advance(TimeSpan.FromSeconds(9));
        Assert.False(_b.Report().Told);
        Advance(TimeSpan.FromSeconds(2));
        Assert.True(_b.Report().Told);
    }

    [Fact]
    public void A_chain_of_changes_breaks_no_flow_whichever_node_it_comes_to()
    {
        ExceptionNode third = Node("lb3");
        third.Publish("a", "b", "c");
        _a.Reaches(_b);
        _a.Reaches(third);
        _b.Reaches(third);
        Dictionary<int, string> before = Open(_a, Clients[..200]);
        foreach (string[] servers in new string[][] { ["a", "b", "c", "d"], ["a", "-b", "c", "d", "e"], ["a", "-b", "c", "-d", "e"] })
        {
            PublishAll(servers);
            UntilSynced();
            foreach ((int client, string backend) in before) Assert.All(_nodes, node => Assert.Equal(backend, node.Route(client)));

            // Flows opened in between, on another node.
            foreach (int client in Clients[200..].Where(client => !before.ContainsKey(client)).Take(30)) before[client] = _b.Open(client);
        }

        // Half of them move to the second node; then the first dies, and backends change once more.
        foreach (int client in Clients[..100]) Assert.Equal(before[client], _b.Open(client));
        Kill(_a);
        PublishAll("a", "-b", "c", "-d", "e", "f");
        UntilSynced();
        foreach (int client in Clients[..100]) Assert.Equal(before[client], third.Route(client));
        foreach ((int client, string backend) in before.Where(flow => flow.Value == "b")) Assert.Equal(backend, third.Route(client));
    }

    [Fact]
    public void What_the_table_agrees_with_again_is_told_on_while_others_may_be_behind()
    {
        _a.Reaches(_b);
        Dictionary<int, string> before = Open(_a);
        PublishAll("a", "-b", "c");
        UntilSynced();
        _a.Publish("a", "b", "c"); // the second node does not know yet
        UntilSynced();
        foreach (int client in Clients) Assert.Equal(before[client], _b.Route(client));
        _b.Publish("a", "b", "c");
        Pass(2 * Renewal);
        Until(() => _b.Report().Known == 0);
        foreach (int client in Clients) Assert.Equal(before[client], _b.Route(client));
    }

    [Fact]
    public void A_backend_that_is_not_known_here_yet_is_placed_when_it_comes_and_a_removed_one_gives_its_slot_free()
    {
        Kill(_a);
        Kill(_b);
        (ExceptionNode first, ExceptionNode second) = (Node("lb5", backends: 4), Node("lb6", backends: 4));
        second.Publish("a", "b", "c");
        first.Publish("a", "b", "c", "d");
        first.Reaches(second);
        Dictionary<int, string> before = Open(first);
        first.Publish("a", "b", "c", "-d");
        UntilSynced();
        Assert.True(second.Report().Known > second.Report().Placed);
        second.Publish("a", "b", "c", "-d");
        Until(() => second.Report().Known == second.Report().Placed);
        foreach (int client in Clients) Assert.Equal(before[client], second.Route(client));

        PublishAll("a", "b", "c");
        UntilSynced();
        foreach (int client in Clients) Assert.NotEqual("d", second.Route(client));
        foreach (int client in Clients.Where(client => before[client] == "d")) first.Forget(client);
        // The freed slot goes to another backend: no exception may name it by then.
        PublishAll("a", "b", "c", "e");
        UntilSynced();
        Assert.Equal(["a", "b", "c", "e"], second.SlotNames());
        foreach (int client in Clients.Where(client => before[client] == "d")) Assert.Null(second.Exception(client));
    }

    [Fact]
    public void An_unanswered_batch_is_sent_again_and_the_next_one_waits()
    {
        TestProbe peer = CreateTestProbe();
        Open(_a);
        _a.Publish("a", "-b", "c");
        _a.Actor.Tell(new PeerFound("lb7", peer.Ref));
        HeldFlows inherited = peer.ExpectMsg<HeldFlows>(Patience);
        Assert.Equal(Telling.Inherited, inherited.Telling);
        Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(inherited, peer.ExpectMsg<HeldFlows>(Patience));
        peer.ReceiveWhile<object>(_ => true, TimeSpan.Zero, TimeSpan.Zero);

        _a.Actor.Tell(Answer(inherited));
        HeldFlows whole = peer.FishForMessage<HeldFlows>(told => told.Telling == Telling.Whole, Patience);
        Assert.True(whole.IsLast);
        Assert.Equal(_a.Report().Held, whole.Flows.Length);
        _a.Actor.Tell(Answer(inherited)); // late, for the second sending
        Assert.Equal(0, _a.Report().Sent);
        _a.Actor.Tell(Answer(whole));
        Assert.Equal(whole.Flows.Length, _a.Report().Sent);
    }

    [Fact]
    public void A_peer_that_was_out_of_reach_is_told_all_when_it_is_back()
    {
        _a.Reaches(_b);
        Dictionary<int, string> before = Open(_a);
        _a.Loses(_b);
        _b.Loses(_a);
        PublishAll("a", "-b", "c", "d");
        Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(0, _b.Report().Known);
        _a.Reaches(_b);
        Until(() => _b.Report().Known > 0);
        UntilSynced();
        foreach (int client in Clients) Assert.Equal(before[client], _b.Route(client));
    }

    [Fact]
    public void The_end_of_a_flow_that_moved_on_is_believed_by_the_node_it_came_from()
    {
        _a.Reaches(_b);
        Open(_a);
        PublishAll("a", "-b", "c");
        UntilSynced();
        int client = Clients.First(client => _b.Exception(client) == "b");
        Pass(TimeSpan.FromMinutes(1));
        Assert.Equal("b", _b.Open(client, FlowState.Closing));
        int held = _a.Report().Held;
        Pass(Renewal);
        Until(() => _a.Report().Held == held - 1);
        _b.Forget(client);
        Pass(2 * Renewal);
        Until(() => _b.Exception(client) is null && _a.Exception(client) is null);
        Pass(2 * Renewal);
        Assert.Null(_b.Exception(client));
    }

    [Fact]
    public void Ports_that_are_used_again_are_told_at_their_new_backend_without_waiting_for_a_renewal()
    {
        _a.Reaches(_b);
        Open(_a);
        PublishAll("a", "-b", "c");
        UntilSynced();
        int client = Clients.First(client => _b.Exception(client) == "b");
        string now = _a.Reopen(client);
        Assert.NotEqual("b", now);
        Pass(TimeSpan.FromSeconds(2));
        Until(() => _b.Exception(client) == now);
        Pass(3 * Renewal);
        Until(() => _b.Exception(client) is null);
        Assert.Equal(now, _b.Route(client));
    }

    [Fact]
    public void What_finds_no_room_is_counted()
    {
        ExceptionNode small = Node("lb4", exceptions: 16);
        small.Publish("a", "b", "c");
        _a.Reaches(small);
        Open(_a);
        PublishAll("a", "-b", "c");
        UntilSynced();
        ExceptionsReport report = small.Report();
        Assert.InRange(report.Placed, 12, 16);
        Assert.Equal(16, report.Known);
        Assert.True(report.Overflowed >= _a.Report().Held - 16);
    }

    [Fact]
    public void Another_control_plane_goes_on_with_what_is_in_the_region()
    {
        _a.Reaches(_b);
        Dictionary<int, string> before = Open(_a);
        PublishAll("a", "-b", "c");
        UntilSynced();
        int known = _b.Report().Known;
        Kill(_a);
        Kill(_b);
        IActorRef next = Sys.ActorOf(_b.PropsWith(CreateTestProbe().Ref));
        next.Tell(new GetExceptions(), TestActor);
        Assert.Equal(known, ExpectMsg<ExceptionsReport>(Patience).Known);
        foreach (int client in Clients) Assert.Equal(before[client], _b.Route(client));
        Stop(next);
    }

    protected override void AfterAll()
    {
        // Their regions go with the test; the system itself ends whenever its scheduler lets it.
        foreach (ExceptionNode node in _nodes.ToArray()) Kill(node);
        base.AfterAll();
        foreach (ExceptionNode node in _killed) node.Dispose();
    }

    private static FlowsTaken Answer(HeldFlows told) => new("lb7", told.Incarnation, told.Round, told.Part);

    private static Dictionary<int, string> Open(ExceptionNode node, int[]? clients = null) => (clients ?? Clients).ToDictionary(client => client, client => node.Open(client));

    private ExceptionNode Node(string name, int exceptions = 1024, int backends = 64)
    {
        ExceptionNode node = new(name, Sys, CreateTestProbe().Ref, () => 1_000_000_000 + (long)(Scheduler.Now - _began).TotalMilliseconds, exceptions, backends);
        _nodes.Add(node);
        return node;
    }

    private void PublishAll(params string[] servers)
    {
        foreach (ExceptionNode node in _nodes) node.Publish(servers);
    }

    private void Kill(ExceptionNode node)
    {
        Stop(node.Actor);
        _nodes.Remove(node);
        _killed.Add(node);
        foreach (ExceptionNode other in _nodes) other.Loses(node);
    }

    private void Stop(IActorRef actor)
    {
        Watch(actor);
        Sys.Stop(actor);
        FishForMessage<Terminated>(gone => gone.ActorRef.Equals(actor), Patience);
    }

    /// <summary>In steps that let every timer ring in its turn, and what it starts come to its end.</summary>
    private void Pass(TimeSpan time)
    {
        for (TimeSpan left = time; left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(5))
        {
            Advance(left < TimeSpan.FromSeconds(5) ? left : TimeSpan.FromSeconds(5));
            UntilSynced();
        }
    }

    /// <summary>Until nobody scans and all is acknowledged.</summary>
    private void UntilSynced() => Until(() => !_nodes.Any(node => node.Report().Pending));

    /// <summary>Virtual time goes on meanwhile, as far as the shortest pause between two scans at a time.</summary>
    private void Until(Func<bool> condition)
    {
        long begin = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(begin) < Patience, "waited in vain");
            Advance(TimeSpan.FromMilliseconds(10));
        }
    }

    /// <summary>
    /// The TestScheduler may lose what an actor schedules while it advances. A scan is begun and ended by one message each: with the second
    /// report both are behind.
    /// </summary>
    private void Advance(TimeSpan time)
    {
        for (int i = 0; i < 2; i++)
        {
            foreach (ExceptionNode node in _nodes) node.Report();
        }

        Scheduler.Advance(time);
    }
}
