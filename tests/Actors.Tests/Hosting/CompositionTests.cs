using Akka.Actor;
using RustyRail.Actors.Catalogue;
using RustyRail.Actors.Membership;
using RustyRail.Actors.Tests.Catalogue;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using static RustyRail.Actors.Protocol.CatalogueProtocol;
using static RustyRail.Actors.Protocol.MembershipProtocol;

namespace RustyRail.Actors.Tests.Hosting;

public sealed class CompositionTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task The_catalogue_is_as_before_after_the_whole_ActorSystem_was_stopped_and_started()
    {
        CatalogueChanged before;
        await using (RunningNode node = await RunningNode.StartAsync(_scratch.Catalogue))
        {
            await node.AcceptAsync(new ApplyCatalogue(Samples.WebAndMail));
            await node.AcceptAsync(new AddBackend(Samples.Backend("server3", 3)));
            await node.AcceptAsync(new SetBackendState(new BackendId(Samples.Web, "server1"), BackendState.Draining));
            await node.AcceptAsync(new SetBackendWeight(new BackendId(Samples.Web, "server3"), 7));
            CatalogueAccepted last = await node.AcceptAsync(new RemoveBackend(new BackendId(Samples.Web, "server2")));
            before = await node.CatalogueAsync();
            Assert.Equal((before.SpecDigest, 1, 1), (last.SpecDigest, last.Reached, last.Members));
        }

        await using RunningNode again = await RunningNode.StartAsync(_scratch.Catalogue);
        CatalogueChanged after = await again.CatalogueAsync();

        Assert.Equal(before.SpecDigest, after.SpecDigest);
        Assert.Equal(SpecificationWriter.Write(before.Spec), SpecificationWriter.Write(after.Spec));
        Assert.Equal(["server1", "server3"], after.Spec.Pools[Samples.Web].Backends.Keys.Select(id => id.Name));
        Assert.Equal(BackendState.Draining, after.Spec.Pools[Samples.Web].Backends[new BackendId(Samples.Web, "server1")].State);
    }

    [Fact]
    public async Task One_node_is_a_cluster_of_one_that_says_what_it_forwards_by()
    {
        await using RunningNode node = await RunningNode.StartAsync(_scratch.Catalogue);
        node.Actor<MembershipActor>().Tell(new AnnounceNode(42, "spec", "table"));

        MembershipReport report = await node.Actor<MembershipActor>().Ask<MembershipReport>(new GetMembership(), TimeSpan.FromSeconds(30));

        ClusterMember self = Assert.Single(report.Members);
        Assert.Equal(new ClusterMember("lb1", "up", 42, "spec", "table"), self);
        Assert.False(report.Stale);
    }
}
