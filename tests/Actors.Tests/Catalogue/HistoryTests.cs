using RustyRail.Actors.Protocol;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using static RustyRail.Actors.Protocol.CatalogueProtocol;
using static RustyRail.Actors.Protocol.HistoryProtocol;

namespace RustyRail.Actors.Tests.Catalogue;

public sealed class HistoryTests : IDisposable
{
    private static readonly BackendId Server1 = new(Samples.Web, "server1");
    private static readonly BackendId Server2 = new(Samples.Web, "server2");
    private static readonly Author Ann = new("ann", "desk");

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Changes_are_remembered_with_who_and_when_over_a_restart_and_can_still_be_undone()
    {
        DateTimeOffset began = DateTimeOffset.UtcNow.AddSeconds(-1);
        CatalogueAccepted drained;
        await using (RunningNode node = await RunningNode.StartAsync(_scratch.Catalogue, Samples.WebAndMail))
        {
            drained = await node.AcceptAsync(new ChangeRequest(new SetBackendState(Server1, BackendState.Draining), Ann));
            await node.AcceptAsync(new SetBackendWeight(Server2, 7));
        }

        await using RunningNode again = await RunningNode.StartAsync(_scratch.Catalogue);
        HistoryReport history = await again.HistoryAsync();

        Assert.Equal(
            ["backend weight web/server2 7", "backend drain web/server1", "apply: 7 added, 0 changed, 0 removed"], history.Changes.Select(change => change.What));
        RememberedChange drain = history.Changes[1];
        Assert.Equal((drained.Change, Ann, true, false), (drain.Id, drain.By, drain.CanUndo, drain.Undone));
        Assert.InRange(drain.When, began, DateTimeOffset.UtcNow);
        Assert.Equal("~ backend web/server1: state active -> draining", Assert.Single(Assert.Single((await again.HistoryAsync(drain.Id)).Changes).Lines));

        await again.AcceptAsync(new UndoChange(drain.Id, Force: false));
        Assert.Equal(BackendState.Active, (await again.CatalogueAsync()).Spec.Pools[Samples.Web].Backends[Server1].State);
        Assert.True((await again.HistoryAsync(drain.Id)).Changes[0].Undone);
    }

    [Fact]
    public async Task An_overlay_and_a_clamp_are_remembered_over_a_restart_and_go_with_an_undo()
    {
        ServiceSpec plain = Samples.WebAndMail.Services[new ServiceId("web")];
        ServiceSpec changed = plain with { Send = SendForm.Vxlan, Overlay = new OverlaySpec(7, 0x0200_0000_0080, OverlaySpec.DefaultSource), MssClamp = 1390 };
        await using (RunningNode node = await RunningNode.StartAsync(_scratch.Catalogue, Samples.WebAndMail))
        {
            await node.AcceptAsync(new ApplyCatalogue(Samples.WebAndMail with { Services = Samples.WebAndMail.Services.SetItem(plain.Id, changed) }));
        }

        await using RunningNode again = await RunningNode.StartAsync(_scratch.Catalogue);
        RememberedChange change = (await again.HistoryAsync()).Changes[0];

        Assert.Equal(changed, (await again.CatalogueAsync()).Spec.Services[plain.Id]);
        Assert.Equal(
            "~ service web: send gre -> vxlan, vni none -> 7, innerDestinationMac none -> 02:00:00:00:00:80, innerSourceMac none -> 02:00:00:00:00:01, mssClamp none -> 1390",
            Assert.Single(Assert.Single((await again.HistoryAsync(change.Id)).Changes).Lines));
        await again.AcceptAsync(new UndoChange(change.Id, Force: false));
        Assert.Equal(plain, (await again.CatalogueAsync()).Spec.Services[plain.Id]);
    }

    [Fact]
    public async Task A_change_of_another_version_than_expected_changes_nothing()
    {
        await using RunningNode node = await RunningNode.StartAsync(store: null, Samples.WebAndMail);
        string seen = (await node.CatalogueAsync()).SpecDigest;
        await node.AcceptAsync(new ChangeRequest(new SetBackendWeight(Server1, 7), Ann, seen));
        string now = (await node.CatalogueAsync()).SpecDigest;

        object late = await node.AskAsync(new ChangeRequest(new ApplyCatalogue(CatalogueSpec.Empty), Ann, seen));

        Assert.Equal(new CatalogueOutdated(seen, now), late);
        Assert.Equal(now, (await node.CatalogueAsync()).SpecDigest);
        Assert.Equal(2, (await node.HistoryAsync()).Changes.Length);
    }

    [Fact]
    public async Task What_was_so_already_is_no_change()
    {
        await using RunningNode node = await RunningNode.StartAsync(store: null, Samples.WebAndMail);

        Assert.Null((await node.AcceptAsync(new ApplyCatalogue(Samples.WebAndMail))).Change);
        Assert.Single((await node.HistoryAsync()).Changes);
    }

    [Fact]
    public async Task History_is_the_same_on_every_node_and_a_change_made_on_one_is_undone_on_another()
    {
        await using RunningNode first = await RunningNode.StartAsync(_scratch.Catalogue, Samples.WebAndMail);
        await using RunningNode second = await RunningNode.JoinAsync(first, "lb2");
        await RunningNode.AgreeAsync(first, second);
        await first.AcceptAsync(new ChangeRequest(new RemoveBackend(Server1), Ann));
        await RunningNode.AgreeAsync(first, second);

        CatalogueAccepted undone = await second.AcceptAsync(new ChangeRequest(new UndoChange(null, Force: false), Ann));
        await RunningNode.AgreeAsync(first, second);

        Assert.Equal("lb2", undone.Change!.Value.Node);
        Assert.True((await first.CatalogueAsync()).Spec.Pools[Samples.Web].Backends.ContainsKey(Server1));
        Assert.Equal(Lines(await first.HistoryAsync()), Lines(await second.HistoryAsync()));
        Assert.Equal(3, (await first.HistoryAsync()).Changes.Length);
    }

    private static IEnumerable<string> Lines(HistoryReport history) =>
        history.Changes.Select(change => $"{change.Id} {change.When:O} {change.By} {change.What} {change.Undoes} {change.Undone} {change.CanUndo}");
}
