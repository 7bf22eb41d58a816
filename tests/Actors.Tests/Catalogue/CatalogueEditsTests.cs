using RustyRail.Actors.Catalogue;
using RustyRail.Actors.Catalogue.Replication;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using static RustyRail.Actors.Protocol.CatalogueProtocol;

namespace RustyRail.Actors.Tests.Catalogue;

public sealed class CatalogueEditsTests
{
    private static readonly BackendId Server1 = new(Samples.Web, "server1");

    [Fact]
    public void Each_command_changes_what_it_names_and_nothing_else()
    {
        CatalogueState state = After(CatalogueState.Empty, new ApplyCatalogue(Samples.WebAndMail));
        Assert.Equal(SpecificationWriter.Write(Samples.WebAndMail), SpecificationWriter.Write(state.Spec));

        state = After(state, new AddBackend(Samples.Backend("server3", 3)));
        state = After(state, new SetBackendWeight(Server1, 7));
        state = After(state, new SetBackendState(Server1, BackendState.Draining));
        state = After(state, new RemoveBackend(new BackendId(Samples.Web, "server2")));

        PoolSpec expected = Samples.Pool("web", Samples.Backend("server1", 1) with { Weight = 7, State = BackendState.Draining }, Samples.Backend("server3", 3));
        CatalogueSpec whole = Samples.WebAndMail with { Pools = Samples.WebAndMail.Pools.SetItem(Samples.Web, expected) };
        Assert.Equal(SpecificationWriter.Write(whole), SpecificationWriter.Write(state.Spec));
    }

    [Fact]
    public void A_backend_edit_is_one_write_to_its_pools_key_and_an_apply_over_pools_one_write_to_the_root()
    {
        CatalogueState state = After(CatalogueState.Empty, new ApplyCatalogue(Samples.WebAndMail));

        Assert.Equal(CatalogueKey.Root, Decide(CatalogueState.Empty, new ApplyCatalogue(Samples.WebAndMail)).Edit!.Key);
        Assert.Equal(CatalogueKey.ForPool(Samples.Web), Decide(state, new RemoveBackend(Server1)).Edit!.Key);
        Assert.Equal(CatalogueKey.ForPool(Samples.Web), Decide(state, new ApplyCatalogue(Without(Server1))).Edit!.Key);
    }

    [Fact]
    public void An_apply_writes_only_what_differs_and_removes_what_is_not_in_it()
    {
        CatalogueState state = After(CatalogueState.Empty, new ApplyCatalogue(Samples.WebAndMail));
        CatalogueSpec webOnly = Samples.Catalogue([Samples.WebAndMail.Pools[Samples.Web]], Samples.WebAndMail.Services[new ServiceId("web")]);

        CatalogueEdit edit = Decide(state, new ApplyCatalogue(webOnly)).Edit!;

        Assert.Equal(3, edit.Entries.Map.Count);
        Assert.All(edit.Entries.Map.Values, entry => Assert.True(entry.IsTombstone));
        Assert.Same(EditDecision.NothingToDo, Decide(state, new ApplyCatalogue(Samples.WebAndMail)));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_command_that_cannot_be_is_refused_with_a_line_that_names_the_entry(ICatalogueCommand command, string reason)
    {
        EditDecision decision = Decide(After(CatalogueState.Empty, new ApplyCatalogue(Samples.WebAndMail)), command);

        Assert.Contains(reason, Assert.Single(decision.Reasons), StringComparison.Ordinal);
        Assert.Null(decision.Edit);
    }

    public static TheoryData<ICatalogueCommand, string> Refused() => new()
    {
        { new AddBackend(Samples.Backend("server1", 9)), "backend web/server1: exists already" },
        { new AddBackend(Samples.Backend("server9", 9, new PoolId("nope"))), "backend nope/server9: there is no pool nope" },
        { new AddBackend(Samples.Backend("server3", 3) with { Weight = 0 }), "backend web/server3: weight 0" },
        { new AddBackend(Samples.Backend("server3", 1)), "address 10.0.0.1 is already that of backend web/server1" },
        { new RemoveBackend(new BackendId(Samples.Web, "server9")), "backend web/server9: does not exist" },
        { new SetBackendState(new BackendId(new PoolId("nope"), "a"), BackendState.Draining), "backend nope/a: there is no pool nope" },
        { new SetBackendWeight(Server1, 65536), "backend web/server1: \"weight\" must be from 1 to 65535, not 65536" },
        {
            new ApplyCatalogue(Samples.WebAndMail with { Pools = Samples.WebAndMail.Pools.SetItem(Samples.Web, Samples.Pool("web") with { TableSize = 251 }) }),
            "pool web: tableSize 251 differs from 65537"
        },
    };

    [Fact]
    public void Capacity_is_stated_when_it_would_be_exceeded()
    {
        CatalogueState state = After(CatalogueState.Empty, new ApplyCatalogue(Samples.WebAndMail));

        EditDecision decision = CatalogueEdits.Decide(state, new AddBackend(Samples.Backend("server3", 3)), "lb1", Samples.Limits with { Backends = 3 });

        Assert.Equal("4 backends exceed the capacity of 3", Assert.Single(decision.Reasons));
    }

    [Fact]
    public void What_concurrent_edits_broke_does_not_stand_in_the_way_of_other_edits()
    {
        CatalogueState common = After(CatalogueState.Empty, new ApplyCatalogue(Samples.WebAndMail));
        CatalogueEdit here = Decide(common, new AddBackend(Samples.Backend("server3", 77))).Edit!;
        CatalogueEdit there = CatalogueEdits.Decide(common, new AddBackend(Samples.Backend("server4", 77)), "lb2", Samples.Limits).Edit!;
        CatalogueState state = common.Merge(here.Key.Id, here.Entries).Merge(there.Key.Id, there.Entries);

        Assert.NotEmpty(SpecificationValidator.Validate(state.Spec, Samples.Limits));
        Assert.NotNull(Decide(state, new AddBackend(Samples.Backend("server5", 5))).Edit);
    }

    private static CatalogueSpec Without(BackendId backend)
    {
        PoolSpec pool = Samples.WebAndMail.Pools[backend.Pool];
        return Samples.WebAndMail with { Pools = Samples.WebAndMail.Pools.SetItem(pool.Id, pool with { Backends = pool.Backends.Remove(backend) }) };
    }

    private static EditDecision Decide(CatalogueState state, ICatalogueCommand command) => CatalogueEdits.Decide(state, command, "lb1", Samples.Limits);

    private static CatalogueState After(CatalogueState state, ICatalogueCommand command)
    {
        CatalogueEdit edit = Decide(state, command).Edit ?? throw new InvalidOperationException(string.Join("; ", Decide(state, command).Reasons));
        return state.Merge(edit.Key.Id, edit.Entries);
    }
}
