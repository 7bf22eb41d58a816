using System.Collections.Immutable;
using RustyRail.Actors.Tables;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using static Actors.Tests.SampleSpecs;
using static Actors.Tests.Tables.SampleStates;
using static RustyRail.Actors.Protocol.TablesProtocol;

namespace Actors.Tests.Tables;

public sealed class TableBuildsTests
{
    private static readonly PoolSpec Other = Pool("other", Tcp(), Backend("x", "192.0.2.9", pool: "other"));

    private readonly PoolSpec _web = Pool(Tcp(), Backend("a", "192.0.2.1"), Backend("b", "192.0.2.2"), Backend("c", "192.0.2.3"));

    [Fact]
    public void Entries_are_indices_of_those_that_take_new_flows_in_equal_shares()
    {
        TableBuilt table = State(_web).Built().Tables[Web];
        Assert.Equal(251, table.Entries.Length);
        Assert.Equal([0, 1, 2], table.Entries.Distinct().Order().Select(entry => (int)entry));
        Assert.All(table.Entries.GroupBy(entry => entry), share => Assert.InRange(share.Count(), 83, 84));
    }

    [Fact]
    public void Only_tables_whose_live_set_changed_are_built()
    {
        TablesBuilt before = State(_web, Other).Built();
        PoolsChanged next = State(CatalogueOf(_web, Other), down: Id("a"));
        TablesBuilt after = TableBuilds.Complete(next, before.Tables, parallel: 2);
        Assert.NotSame(before.Tables[Web].Entries, after.Tables[Web].Entries);
        Assert.Same(before.Tables[new("other")].Entries, after.Tables[new("other")].Entries);
    }

    [Fact]
    public void Draining_of_one_that_is_down_changes_who_keeps_flows_and_not_the_table()
    {
        TablesBuilt before = State(CatalogueOf(_web), down: Id("a")).Built();
        PoolSpec drained = _web with { Backends = _web.Backends.SetItem(Id("a"), _web.Backends[Id("a")] with { State = BackendState.Draining }) };
        PoolsChanged next = State(drained);
        Assert.False(TableBuilds.NeedsWork(next, before.Tables));
        TableBuilt table = TableBuilds.Complete(next, before.Tables, parallel: 1).Tables[Web];
        Assert.Same(before.Tables[Web].Entries, table.Entries);
        Assert.Contains(Id("a"), table.LiveSet.TakesEstablished);
    }

    [Theory]
    [InlineData(200, 251)]
    [InlineData(100, 509)]
    public void Another_weight_or_size_needs_another_table(int weight, int tableSize)
    {
        TablesBuilt before = State(_web).Built();
        PoolSpec changed = _web with { TableSize = tableSize, Backends = _web.Backends.SetItem(Id("a"), _web.Backends[Id("a")] with { Weight = weight }) };
        Assert.True(TableBuilds.NeedsWork(State(changed), before.Tables));
        Assert.NotEqual(before.Tables[Web].Digest, State(changed).Built().Tables[Web].Digest);
    }

    [Fact]
    public void A_pool_without_backends_has_an_empty_table() => Assert.Empty(State(Pool(Tcp())).Built().Tables[Web].Entries);

    [Fact]
    public void Pools_that_left_are_forgotten()
    {
        TablesBuilt before = State(_web, Other).Built();
        Assert.Equal([Web], TableBuilds.Complete(State(_web), before.Tables, parallel: 1).Tables.Keys);
    }
}
