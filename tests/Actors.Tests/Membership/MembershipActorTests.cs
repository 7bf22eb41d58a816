using Akka.Actor;
using Akka.DistributedData;
using Akka.TestKit.Xunit2;
using RustyRail.Actors.Membership;
using RustyRail.Actors.Tests.Catalogue;
using static RustyRail.Actors.Protocol.MembershipProtocol;

namespace RustyRail.Actors.Tests.Membership;

public sealed class MembershipActorTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private RunningNode _node = null!;
    private TestKit _kit = null!;

    public async Task InitializeAsync()
    {
        _node = await RunningNode.StartAsync(store: null);
        _kit = new TestKit(_node.System);
    }

    public async Task DisposeAsync() => await _node.DisposeAsync();

    public void Dispose() => _kit.Dispose();

    [Fact]
    public async Task Before_it_has_announced_anything_the_node_is_up_and_says_nothing_of_tables()
    {
        MembershipReport report = await ReportAsync();

        Assert.Equal(new ClusterMember("lb1", "up", 0, "", ""), Assert.Single(report.Members));
        Assert.False(report.Stale);
    }

    [Fact]
    public async Task What_the_others_remember_of_this_nodes_earlier_life_is_outdone()
    {
        NodeStates earlier = NodeStates.Empty.With("lb1", new NodeState(900, 77, "old", "old"));
        _node.Actor<MembershipActor>().Tell(new AnnounceNode(1, "new", "new"));
        DistributedData.Get(_node.System).Replicator.Tell(
            Dsl.Update(NodeStatesKey.Instance, NodeStates.Empty, WriteLocal.Instance, states => states.Merge(earlier)), ActorRefs.Nobody);

        await _kit.AwaitAssertAsync(
            async () =>
            {
                var replicated = await DistributedData.Get(_node.System).Replicator.Ask<GetSuccess>(Dsl.Get(NodeStatesKey.Instance, ReadLocal.Instance), Patience);
                Assert.Equal(new NodeState(901, 1, "new", "new"), replicated.Get(NodeStatesKey.Instance).ByNode["lb1"]);
            },
            Patience);
        Assert.Equal("new", Assert.Single((await ReportAsync()).Members).SpecDigest);
    }

    [Fact]
    public async Task A_crash_of_the_actor_does_not_make_the_node_forget_what_it_announced()
    {
        IActorRef membership = _node.Actor<MembershipActor>();
        membership.Tell(new AnnounceNode(5, "spec", "table"));

        membership.Tell(new Changed(NodeStatesKey.Instance, Actors.Catalogue.Replication.CatalogueEntries.Empty));

        await _kit.AwaitAssertAsync(async () => Assert.Equal(5, Assert.Single((await ReportAsync()).Members).Generation), Patience);
    }

    private Task<MembershipReport> ReportAsync() => _node.Actor<MembershipActor>().Ask<MembershipReport>(new GetMembership(), Patience);
}
