using RustyRail.Actors.Catalogue;
using RustyRail.Actors.Catalogue.Durable;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using static RustyRail.Actors.Protocol.CatalogueProtocol;
using static RustyRail.Actors.Protocol.HistoryProtocol;

namespace RustyRail.Actors.Tests.Catalogue;

/// <summary>Durable nodes that part and meet again.</summary>
public sealed class ConvergenceTests : IDisposable
{
    private static readonly TimeSpan Fast = TimeSpan.FromMinutes(10);
    private static readonly BackendId Server1 = new(Samples.Web, "server1");
    private static readonly BackendId Server2 = new(Samples.Web, "server2");

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Edits_on_both_sides_of_a_split_are_all_there_afterwards_and_the_later_by_counter_wins_whatever_a_clock_says()
    {
        await using RunningNode right = await RunningNode.StartAsync(Options("lb1") with { Initial = Samples.WebAndMail });
        await using (RunningNode joined = await RunningNode.JoinAsync(right, Options("lb2", Fast))) await RunningNode.AgreeAsync(right, joined);
        await using (RunningNode apart = await RunningNode.StartAsync(Options("lb2", Fast), cluster: "apart"))
        {
            await apart.AcceptAsync(new SetBackendWeight(Server1, 11));
            await apart.AcceptAsync(new SetBackendState(Server2, BackendState.Draining));
            await apart.AcceptAsync(new AddBackend(Samples.Backend("server4", 4)));
            await right.AcceptAsync(new RemoveBackend(Server2));
            await right.AcceptAsync(new AddBackend(Samples.Backend("server3", 3)));
            await right.AcceptAsync(new SetBackendWeight(Server1, 22));
        }

        await using RunningNode fast = await RunningNode.JoinAsync(right, Options("lb2", Fast));
        await RunningNode.AgreeAsync(right, fast);

        PoolSpec web = (await right.CatalogueAsync()).Spec.Pools[Samples.Web];
        Assert.Equal(["server1", "server3", "server4"], web.Backends.Keys.Select(id => id.Name));
        Assert.Equal(22, web.Backends[Server1].Weight); // the fast clock said later, the counter says earlier
        Assert.Equal(await ExportAsync(right), await ExportAsync(fast));

        HistoryReport history = await right.HistoryAsync();
        Assert.Equal(["4@lb2", "4@lb1", "3@lb2", "3@lb1", "2@lb2", "2@lb1", "1@lb1"], history.Changes.Select(change => change.Id.ToString()));
        Assert.True(history.Changes[0].When > DateTimeOffset.UtcNow + (Fast / 2));

        await fast.AcceptAsync(new SetBackendWeight(Server1, 30));
        await RunningNode.AgreeAsync(right, fast);
        await right.AcceptAsync(new SetBackendWeight(Server1, 31));
        await RunningNode.AgreeAsync(right, fast);
        Assert.Equal(31, (await fast.CatalogueAsync()).Spec.Pools[Samples.Web].Backends[Server1].Weight);
    }

    [Fact]
    public async Task All_nodes_stopped_and_started_in_another_order_export_the_same_bytes()
    {
        string before;
        await using (RunningNode first = await RunningNode.StartAsync(Options("lb1") with { Initial = Samples.WebAndMail }))
        await using (RunningNode second = await RunningNode.JoinAsync(first, Options("lb2")))
        await using (RunningNode third = await RunningNode.JoinAsync(first, Options("lb3")))
        {
            await RunningNode.AgreeAsync(first, second, third);
            await second.AcceptAsync(new SetBackendState(Server1, BackendState.Draining));
            await third.AcceptAsync(new ApplyCatalogue(KilledNode.Catalogue(12)));
            await first.AcceptAsync(new AddBackend(Samples.Backend("server7", 7)));
            await RunningNode.AgreeAsync(first, second, third);
            before = await ExportAsync(first);
        }

        await using RunningNode last = await RunningNode.StartAsync(Options("lb3"));
        await using RunningNode other = await RunningNode.JoinAsync(last, Options("lb1"));
        await using RunningNode another = await RunningNode.JoinAsync(last, Options("lb2"));
        await RunningNode.AgreeAsync(last, other, another);

        foreach (RunningNode node in (RunningNode[])[last, other, another]) Assert.Equal(before, await ExportAsync(node));
        Assert.Equal(4, (await other.HistoryAsync()).Changes.Length);
    }

    [Fact]
    public async Task A_node_whose_catalogue_is_lost_says_nothing_until_it_has_that_of_another()
    {
        await using RunningNode waiting = await RunningNode.StartAsync(Options("lb1") with { CatchUp = CatchUp.FromOthersOnly });
        Task<CatalogueChanged> asked = waiting.CatalogueAsync();
        await using RunningNode other = await RunningNode.JoinAsync(waiting, Options("lb2") with { CatchUp = CatchUp.None, Initial = Samples.WebAndMail });

        Assert.Equal(SpecificationWriter.Write(Samples.WebAndMail), SpecificationWriter.Write((await asked).Spec));
    }

    private CatalogueOptions Options(string node, TimeSpan ahead = default) => new()
    {
        Node = node,
        Store = CatalogueStore.Open(Path.Combine(_scratch.Path, $"{node}.db")),
        Clock = new SkewedClock(ahead),
        Limits = Samples.Limits,
    };

    private static async Task<string> ExportAsync(RunningNode node) => SpecificationWriter.Write((await node.CatalogueAsync()).Spec);
}
