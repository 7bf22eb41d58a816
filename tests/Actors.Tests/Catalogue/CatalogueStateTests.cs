using RustyRail.Actors.Catalogue;
using RustyRail.Actors.Catalogue.Replication;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using static RustyRail.Actors.Protocol.CatalogueProtocol;

namespace RustyRail.Actors.Tests.Catalogue;

public sealed class CatalogueStateTests
{
    [Fact]
    public void Nodes_agree_whatever_order_the_edits_of_all_came_in()
    {
        var random = new Random(7);
        for (int round = 0; round < 50; round++)
        {
            List<CatalogueEdit> edits = ConcurrentEdits(random);
            CatalogueState[] nodes = [.. Enumerable.Range(0, 3).Select(_ => edits.OrderBy(_ => random.Next()).Aggregate(CatalogueState.Empty, Merge))];

            Assert.All(nodes, node => Assert.Equal(nodes[0].SpecDigest, node.SpecDigest));
        }
    }

    [Fact]
    public void A_backend_added_elsewhere_while_its_pool_was_removed_is_hidden_and_does_not_come_back_with_the_pool()
    {
        CatalogueState common = Merge(CatalogueState.Empty, Edit(CatalogueState.Empty, new ApplyCatalogue(Samples.WebAndMail), "lb1"));
        CatalogueEdit addedThere = Edit(common, new AddBackend(Samples.Backend("server9", 9)), "lb2");
        CatalogueEdit poolRemoved = Edit(common, new ApplyCatalogue(CatalogueSpec.Empty), "lb1");
        CatalogueState both = Merge(Merge(common, poolRemoved), addedThere);
        Assert.Empty(both.Spec.Pools);

        CatalogueState again = Merge(both, Edit(both, new ApplyCatalogue(Samples.WebAndMail), "lb1"));

        Assert.Equal(SpecificationWriter.Write(Samples.WebAndMail), SpecificationWriter.Write(again.Spec));
    }

    [Fact]
    public void Copying_backends_to_their_pools_keys_and_dropping_them_from_the_root_changes_nothing_that_is_seen()
    {
        CatalogueState state = Merge(CatalogueState.Empty, Edit(CatalogueState.Empty, new ApplyCatalogue(Samples.WebAndMail), "lb1"));
        CatalogueEntries root = state.Root;

        CatalogueState settled = state.Merge(CatalogueKey.Root.Id, CatalogueEntries.SettledUpTo(root));

        Assert.DoesNotContain(settled.Root.Map.Keys, id => id.Kind == EntryKind.Backend);
        Assert.Equal(state.SpecDigest, settled.SpecDigest);
        Assert.True(settled.NextStamp("lb1").Counter > root.Map.Values.Max(entry => entry.Edited.Counter));
    }

    [Fact]
    public void The_next_edit_is_later_than_all_that_was_seen_from_whichever_node()
    {
        CatalogueState state = CatalogueState.Empty.Merge(
            "catalogue", CatalogueEntries.Of([new(EntryId.Of(Samples.Web), Entry.Added(new Stamp(41, "lb7"), new PoolEntry(Samples.Pool("web"))))]));

        Assert.Equal(new Stamp(42, "lb1"), state.NextStamp("lb1"));
        Assert.Same(state, state.Merge("catalogue", state.Root));
    }

    // Three nodes edit from a common start without hearing of each other.
    private static List<CatalogueEdit> ConcurrentEdits(Random random)
    {
        CatalogueEdit first = Edit(CatalogueState.Empty, new ApplyCatalogue(Samples.WebAndMail), "lb1");
        List<CatalogueEdit> edits = [first];
        for (int node = 1; node <= 3; node++)
        {
            CatalogueState own = Merge(CatalogueState.Empty, first);
            for (int step = 0; step < 4; step++)
            {
                CatalogueEdit? edit = CatalogueEdits.Decide(own, RandomCommand(random), $"lb{node}", Samples.Limits).Edit;
                if (edit is null) continue;
                edits.Add(edit);
                own = Merge(own, edit);
            }
        }

        return edits;
    }

    private static ICatalogueCommand RandomCommand(Random random)
    {
        var backend = new BackendId(Samples.Web, $"server{random.Next(1, 5)}");
        return random.Next(5) switch
        {
            0 => new RemoveBackend(backend),
            1 => new AddBackend(Samples.Backend(backend.Name, random.Next(10, 200))),
            2 => new SetBackendWeight(backend, random.Next(1, 100)),
            3 => new ApplyCatalogue(random.Next(2) == 0 ? Samples.WebAndMail : CatalogueSpec.Empty),
            _ => new SetBackendState(backend, (BackendState)random.Next(2)),
        };
    }

    private static CatalogueState Merge(CatalogueState state, CatalogueEdit edit) => state.Merge(edit.Key.Id, edit.Entries);

    private static CatalogueEdit Edit(CatalogueState state, ICatalogueCommand command, string node) =>
        CatalogueEdits.Decide(state, command, node, Samples.Limits).Edit!;
}
