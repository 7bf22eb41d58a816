using RustyRail.Actors.Catalogue.Changes;
using RustyRail.Actors.Protocol;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using static RustyRail.Actors.Protocol.CatalogueProtocol;

namespace RustyRail.Actors.Tests.Catalogue.Changes;

public sealed class UndoDecisionTests
{
    private static readonly BackendId Server1 = new(Samples.Web, "server1");
    private static readonly BackendId Server2 = new(Samples.Web, "server2");
    private static readonly UndoChange Last = new(null, Force: false);

    private readonly ChangedCatalogue _catalogue = ChangedCatalogue.OfWebAndMail();

    public static TheoryData<ICatalogueCommand> Commands => new()
    {
        new AddBackend(Samples.Backend("server3", 3)),
        new RemoveBackend(Server1),
        new SetBackendState(Server1, BackendState.Draining),
        new SetBackendWeight(Server2, 7),
        new ApplyCatalogue(CatalogueSpec.Empty),
        new ApplyCatalogue(Samples.Large(pools: 3, backends: 30)),
    };

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_kind_of_change_can_be_taken_back_and_done_again(ICatalogueCommand command)
    {
        string before = Text();
        Change change = _catalogue.Do(command);
        string after = Text();

        Change undo = _catalogue.Do(Last);
        Assert.Equal(before, Text());
        Assert.Equal(change.Stamp, undo.Undoes);

        _catalogue.Do(new UndoChange(undo.Id, Force: false));
        Assert.Equal(after, Text());
    }

    [Fact]
    public void Undo_without_a_number_goes_back_step_by_step()
    {
        string first = Text();
        _catalogue.Do(new SetBackendWeight(Server1, 7));
        string second = Text();
        _catalogue.Do(new SetBackendWeight(Server1, 8));

        _catalogue.Do(Last);
        Assert.Equal(second, Text());
        _catalogue.Do(Last);
        Assert.Equal(first, Text());
        _catalogue.Do(Last);
        Assert.Empty(_catalogue.State.Spec.Pools);
        Assert.Equal("there is no change to undo", _catalogue.Refused(Last));
    }

    [Fact]
    public void A_change_in_the_middle_is_taken_back_without_those_that_touched_other_entries()
    {
        Change drain = _catalogue.Do(new SetBackendState(Server1, BackendState.Draining));
        _catalogue.Do(new SetBackendWeight(Server2, 7));

        _catalogue.Do(new UndoChange(drain.Id, Force: false));

        PoolSpec web = _catalogue.State.Spec.Pools[Samples.Web];
        Assert.Equal((BackendState.Active, 7), (web.Backends[Server1].State, web.Backends[Server2].Weight));
    }

    [Fact]
    public void What_was_changed_again_since_stands_in_the_way_and_is_named_unless_forced()
    {
        Change first = _catalogue.Do(new SetBackendWeight(Server1, 7));
        _catalogue.Do(new SetBackendWeight(Server1, 8), "lb2");
        var undo = new UndoChange(first.Id, Force: false);

        Assert.Equal("change 2@lb1: backend web/server1 (by change 3@lb2) changed again since; undo that first, or --force what was before", _catalogue.Refused(undo));
        _catalogue.Do(undo with { Force = true });

        Assert.Equal(BackendSpec.DefaultWeight, _catalogue.State.Spec.Pools[Samples.Web].Backends[Server1].Weight);
        Assert.Equal("change 2@lb1: all is as it was before it", _catalogue.Refused(undo));
    }

    [Fact]
    public void What_came_into_a_pool_later_is_never_taken_along_with_the_pool()
    {
        Change first = _catalogue.State.Changes.NewestFirst.Single();
        _catalogue.Do(new AddBackend(Samples.Backend("server9", 9)));

        Assert.Equal("change 1@lb1: backend web/server9 would go with the pool; remove that first", _catalogue.Refused(new UndoChange(first.Id, Force: true)));
    }

    [Fact]
    public void Changes_made_at_once_on_two_nodes_have_one_number_and_are_told_apart_by_node()
    {
        var elsewhere = new ChangedCatalogue(_catalogue.State);
        Change there = elsewhere.Do(new SetBackendWeight(Server2, 9), "lb2");
        _catalogue.Do(new SetBackendWeight(Server1, 7));
        var both = new ChangedCatalogue(_catalogue.State
            .Merge("catalogue", elsewhere.State.Latest)
            .Merge(elsewhere.State.Changes));

        Assert.Equal("change 2 is ambiguous: say 2@lb1 or 2@lb2", both.Refused(new UndoChange(new ChangeId(2, ""), Force: false)));
        both.Do(new UndoChange(there.Id, Force: false));

        PoolSpec web = both.State.Spec.Pools[Samples.Web];
        Assert.Equal((7, BackendSpec.DefaultWeight), (web.Backends[Server1].Weight, web.Backends[Server2].Weight));
    }

    [Fact]
    public void A_number_that_nobody_remembers_is_refused()
        => Assert.Equal("change 17: not among the last 50 (rustyrail history)", _catalogue.Refused(new UndoChange(new ChangeId(17, ""), Force: false)));

    private string Text() => SpecificationWriter.Write(_catalogue.State.Spec);
}
