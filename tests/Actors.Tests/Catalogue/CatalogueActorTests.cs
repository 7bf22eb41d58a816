using Akka.Actor;
using Akka.DistributedData;
using Akka.TestKit.Xunit2;
using RustyRail.Actors.Catalogue;
using RustyRail.Actors.Catalogue.Replication;
using RustyRail.Actors.Membership;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using static RustyRail.Actors.Protocol.CatalogueProtocol;

namespace RustyRail.Actors.Tests.Catalogue;

public sealed class CatalogueActorTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly BackendId Server1 = new(Samples.Web, "server1");

    private readonly ScratchDirectory _scratch = new();
    private RunningNode _node = null!;
    private TestKit _kit = null!;

    public async Task InitializeAsync()
    {
        _node = await RunningNode.StartAsync(_scratch.Catalogue);
        _kit = new TestKit(_node.System);
        await _node.AcceptAsync(new ApplyCatalogue(Samples.WebAndMail));
    }

    public async Task DisposeAsync() => await _node.DisposeAsync();

    public void Dispose()
    {
        _kit.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task A_subscriber_gets_the_catalogue_at_once_and_after_every_change()
    {
        _node.Actor<CatalogueActor>().Tell(new SubscribeToCatalogue(), _kit.TestActor);
        Assert.Equal(SpecificationWriter.Write(Samples.WebAndMail), SpecificationWriter.Write((await NextAsync()).Spec));

        CatalogueAccepted added = await _node.AcceptAsync(new AddBackend(Samples.Backend("server3", 3)));
        CatalogueChanged afterAdding = await NextAsync();
        await _node.AcceptAsync(new SetBackendState(Server1, BackendState.Draining));
        CatalogueChanged afterDraining = await NextAsync();

        Assert.Equal(added.SpecDigest, afterAdding.SpecDigest);
        Assert.Equal(3, afterAdding.Spec.Pools[Samples.Web].Backends.Count);
        Assert.Equal(BackendState.Draining, afterDraining.Spec.Pools[Samples.Web].Backends[Server1].State);
    }

    [Fact]
    public async Task A_refused_command_changes_nothing()
    {
        string before = (await _node.CatalogueAsync()).SpecDigest;

        CatalogueRejected duplicate = await _node.RejectAsync(new AddBackend(Samples.Backend("server1", 9)));
        CatalogueRejected unknown = await _node.RejectAsync(new AddBackend(Samples.Backend("server1", 9, new PoolId("nope"))));

        Assert.Equal("backend web/server1: exists already", Assert.Single(duplicate.Reasons));
        Assert.Equal("backend nope/server1: there is no pool nope", Assert.Single(unknown.Reasons));
        Assert.Equal(before, (await _node.CatalogueAsync()).SpecDigest);
    }

    [Fact]
    public async Task Saying_what_is_so_already_is_accepted_and_writes_nothing()
    {
        string before = (await _node.CatalogueAsync()).SpecDigest;

        CatalogueAccepted again = await _node.AcceptAsync(new ApplyCatalogue(Samples.WebAndMail));
        await _node.AcceptAsync(new SetBackendState(Server1, BackendState.Active));

        Assert.Equal(before, again.SpecDigest);
        Assert.Equal(before, (await _node.CatalogueAsync()).SpecDigest);
    }

    [Fact]
    public async Task Commands_sent_at_once_are_all_done_in_order()
    {
        IActorRef catalogue = _node.Actor<CatalogueActor>();
        for (int n = 10; n < 110; n++) catalogue.Tell(new AddBackend(Samples.Backend($"server{n}", n)), _kit.TestActor);
        for (int n = 10; n < 110; n++) catalogue.Tell(new RemoveBackend(new BackendId(Samples.Web, $"server{n}")), _kit.TestActor);

        for (int n = 0; n < 200; n++) await _kit.ExpectMsgAsync<CatalogueAccepted>(Patience);

        Assert.Equal(SpecificationWriter.Write(Samples.WebAndMail), SpecificationWriter.Write((await _node.CatalogueAsync()).Spec));
    }

    [Fact]
    public async Task A_crash_of_the_actor_loses_neither_the_catalogue_nor_its_subscribers()
    {
        IActorRef catalogue = _node.Actor<CatalogueActor>();
        catalogue.Tell(new SubscribeToCatalogue(), _kit.TestActor);
        CatalogueChanged before = await NextAsync();

        catalogue.Tell(new Changed(CatalogueKey.Root, NodeStates.Empty));
        CatalogueChanged after = await NextAsync();
        await _node.AcceptAsync(new RemoveBackend(Server1));

        Assert.Equal(before.SpecDigest, after.SpecDigest);
        Assert.False((await NextAsync()).Spec.Pools[Samples.Web].Backends.ContainsKey(Server1));
    }

    [Fact]
    public async Task An_edit_made_on_another_node_arrives_and_a_removal_here_outlives_a_concurrent_edit_there()
    {
        _node.Actor<CatalogueActor>().Tell(new SubscribeToCatalogue(), _kit.TestActor);
        CatalogueChanged common = await NextAsync();
        await _node.AcceptAsync(new RemoveBackend(Server1));
        await NextAsync();

        // What lb2 sends, who had counted far and did not know of the removal; and a backend of its own.
        var born = new Stamp(1, "lb1");
        var there = new Stamp(5000, "lb2");
        BackendSpec old = common.Spec.Pools[Samples.Web].Backends[Server1];
        BackendSpec mine = Samples.Backend("server7", 7);
        CatalogueEntries edit = CatalogueEntries.Of(
        [
            new(EntryId.Of(Server1), Entry.Added(born, new BackendEntry(old)).WithValue(there, new BackendEntry(old with { Weight = 9 }))),
            new(EntryId.Of(mine.Id), Entry.Added(there, new BackendEntry(mine))),
        ]);
        Replicator.Tell(Dsl.Update(CatalogueKey.ForPool(Samples.Web), CatalogueEntries.Empty, WriteLocal.Instance, entries => entries.Merge(edit)), ActorRefs.Nobody);

        Assert.Equal(["server2", "server7"], (await NextAsync()).Spec.Pools[Samples.Web].Backends.Keys.Select(id => id.Name));
        await _node.AcceptAsync(new AddBackend(old));
        Assert.Equal(["server1", "server2", "server7"], (await NextAsync()).Spec.Pools[Samples.Web].Backends.Keys.Select(id => id.Name));
    }

    [Fact]
    public async Task The_backends_of_an_apply_end_up_in_their_pools_keys()
    {
        await _kit.AwaitAssertAsync(
            async () =>
            {
                Assert.Equal([EntryKind.Pool, EntryKind.Service], (await ReadAsync(CatalogueKey.Root)).Map.Keys.Select(id => id.Kind).Distinct());
                Assert.Equal(["server1", "server2"], (await ReadAsync(CatalogueKey.ForPool(Samples.Web))).Map.Keys.Select(id => id.Name));
                Assert.Equal(["server1"], (await ReadAsync(CatalogueKey.ForPool(new PoolId("mail")))).Map.Keys.Select(id => id.Name));
            },
            Patience);

        Assert.Equal(SpecificationWriter.Write(Samples.WebAndMail), SpecificationWriter.Write((await _node.CatalogueAsync()).Spec));
    }

    private IActorRef Replicator => Akka.DistributedData.DistributedData.Get(_node.System).Replicator;

    private async Task<CatalogueEntries> ReadAsync(CatalogueKey key) =>
        await Replicator.Ask<IGetResponse>(Dsl.Get(key, ReadLocal.Instance), Patience) is GetSuccess found ? (CatalogueEntries)found.Data : CatalogueEntries.Empty;

    private async Task<CatalogueChanged> NextAsync() => await _kit.ExpectMsgAsync<CatalogueChanged>(Patience);
}
