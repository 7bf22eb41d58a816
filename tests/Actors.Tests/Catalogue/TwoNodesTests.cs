using System.Diagnostics;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using RustyRail.Actors.Catalogue;
using RustyRail.Actors.Membership;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using Xunit.Abstractions;
using static RustyRail.Actors.Protocol.CatalogueProtocol;
using static RustyRail.Actors.Protocol.MembershipProtocol;

namespace RustyRail.Actors.Tests.Catalogue;

/// <summary>Two ActorSystems of this process in one cluster, over real remoting on loopback.</summary>
public sealed class TwoNodesTests(ITestOutputHelper output) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly BackendId Server1 = new(Samples.Web, "server1");

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task An_edit_on_either_node_is_on_both_and_both_say_so()
    {
        await using RunningNode first = await RunningNode.StartAsync(_scratch.Catalogue, Samples.WebAndMail);
        await using RunningNode second = await RunningNode.JoinAsync(first, "lb2");
        await RunningNode.AgreeAsync(first, second);

        CatalogueAccepted here = await first.AcceptAsync(new SetBackendState(Server1, BackendState.Draining));
        await RunningNode.AgreeAsync(first, second);
        CatalogueAccepted there = await second.AcceptAsync(new AddBackend(Samples.Backend("server3", 3)));

        Assert.Equal((2, 2), (here.Reached, here.Members));
        Assert.Equal((2, 2), (there.Reached, there.Members));
        await RunningNode.AgreeAsync(first, second);
        Assert.Equal(there.SpecDigest, (await first.CatalogueAsync()).SpecDigest);

        second.Actor<MembershipActor>().Tell(new AnnounceNode(5, there.SpecDigest, "table"));
        var announced = new ClusterMember("lb2", "up", 5, there.SpecDigest, "table");
        await RunningNode.UntilAsync(async () =>
            (await first.Actor<MembershipActor>().Ask<MembershipReport>(new GetMembership(), Patience)).Members is [{ Node: "lb1" }, var other] && other == announced);
    }

    [Fact]
    public async Task An_apply_over_pools_is_never_seen_by_half_on_the_other_node()
    {
        await using RunningNode first = await RunningNode.StartAsync(_scratch.Catalogue, KilledNode.Catalogue(10));
        await using RunningNode second = await RunningNode.JoinAsync(first, "lb2");
        await RunningNode.AgreeAsync(first, second);
        TestKit kit = new(second.System);
        second.Actor<CatalogueActor>().Tell(new SubscribeToCatalogue(), kit.TestActor);

        for (int n = 11; n <= 40; n++) await first.AcceptAsync(new ApplyCatalogue(KilledNode.Catalogue(n)));

        string[] whole = [.. Enumerable.Range(10, 31).Select(n => SpecificationWriter.Write(KilledNode.Catalogue(n)))];
        int seen = 0;
        for (string last = ""; last != whole[^1]; seen++)
        {
            last = SpecificationWriter.Write((await kit.ExpectMsgAsync<CatalogueChanged>(Patience)).Spec);
            Assert.Contains(last, whole);
        }

        Assert.True(seen > 1, "only one state was seen");
    }

    [Fact]
    public async Task With_a_node_gone_silent_an_edit_is_accepted_here_and_says_how_many_have_it()
    {
        await using RunningNode first = await RunningNode.StartAsync(_scratch.Catalogue, Samples.WebAndMail);
        await using RunningNode second = await RunningNode.JoinAsync(first, "lb2");
        await RunningNode.AgreeAsync(first, second);
        ((ExtendedActorSystem)second.System).Abort();
        await second.System.WhenTerminated.WaitAsync(Patience);

        var clock = Stopwatch.StartNew();
        CatalogueAccepted accepted = await first.AcceptAsync(new SetBackendWeight(Server1, 7));

        output.WriteLine($"accepted after {clock.ElapsedMilliseconds} ms by {accepted.Reached} of {accepted.Members}");
        // The next incarnation of the second may be a member by now, too.
        Assert.Equal(1, accepted.Reached);
        Assert.InRange(accepted.Members, 2, 3);
        Assert.Equal(7, (await first.CatalogueAsync()).Spec.Pools[Samples.Web].Backends[Server1].Weight);
    }

}
