using RustyRail.Actors.Catalogue.Replication;
using RustyRail.Contract;
using RustyRail.Contract.Specification;

namespace RustyRail.Actors.Tests.Catalogue;

public sealed class CatalogueEntriesTests
{
    private static readonly EntryId Server1 = EntryId.Of(new BackendId(Samples.Web, "server1"));

    [Fact]
    public void The_later_edit_wins_by_counter_and_between_equals_by_node_name()
    {
        Entry old = Entry.Added(new Stamp(1, "lb1"), Weight(1));

        Assert.Equal(Weight(3), Winner(old.WithValue(new Stamp(3, "lb1"), Weight(3)), old.WithValue(new Stamp(2, "lb2"), Weight(2))));
        Assert.Equal(Weight(2), Winner(old.WithValue(new Stamp(2, "lb1"), Weight(1)), old.WithValue(new Stamp(2, "lb2"), Weight(2))));
    }

    [Fact]
    public void A_removal_wins_against_a_concurrent_edit_even_if_that_node_had_counted_further()
    {
        Entry known = Entry.Added(new Stamp(1, "lb1"), Weight(1));
        Entry removed = Entry.Removed(new Stamp(2, "lb1"));
        Entry edited = known.WithValue(new Stamp(900, "lb2"), Weight(9));

        Assert.Null(Winner(removed, edited));
        Assert.Null(Winner(edited, removed));
    }

    [Fact]
    public void An_addition_made_after_the_removal_wins_against_it_and_against_edits_of_what_was_removed()
    {
        Entry edited = Entry.Added(new Stamp(1, "lb1"), Weight(1)).WithValue(new Stamp(900, "lb2"), Weight(9));
        Entry removed = Entry.Removed(new Stamp(2, "lb1"));
        Entry again = Entry.Added(new Stamp(3, "lb1"), Weight(5));

        Assert.Equal(Weight(5), Winner(edited, removed, again));
        Assert.Equal(Weight(5), Winner(again, edited, removed));
        Assert.Equal(Weight(5), Winner(again, edited));
    }

    [Fact]
    public void Merging_is_commutative_associative_and_idempotent()
    {
        var random = new Random(20260801);
        for (int round = 0; round < 500; round++)
        {
            CatalogueEntries a = RandomEntries(random), b = RandomEntries(random), c = RandomEntries(random);

            Assert.Equal(a.Merge(b), b.Merge(a));
            Assert.Equal(a.Merge(b).Merge(c), a.Merge(b.Merge(c)));
            Assert.Equal(a, a.Merge(a));
            Assert.True(a.Merge(b).Contains(b));
            Assert.Equal(a.Contains(b), a.Merge(b).Equals(a));
        }
    }

    [Fact]
    public void What_was_settled_is_dropped_and_stays_away_while_later_edits_stay()
    {
        EntryId server2 = EntryId.Of(new BackendId(Samples.Web, "server2"));
        var root = CatalogueEntries.Of(
        [
            new(Server1, Entry.Added(new Stamp(4, "lb1"), Weight(1))),
            new(EntryId.Of(Samples.Web), Entry.Added(new Stamp(4, "lb1"), new PoolEntry(Samples.Pool("web")))),
        ]);
        var later = CatalogueEntries.Of([new(server2, Entry.Added(new Stamp(5, "lb1"), Weight(2)))]);

        CatalogueEntries settled = root.Merge(CatalogueEntries.SettledUpTo(root)).Merge(later).Merge(root);

        Assert.Equal([EntryId.Of(Samples.Web), server2], settled.Map.Keys);
        Assert.True(settled.Contains(root));
    }

    private static BackendEntry Weight(int weight) => new(Samples.Backend("server1", 1) with { Weight = weight });

    private static EntryValue? Winner(params Entry[] entries) =>
        entries.Aggregate(CatalogueEntries.Empty, (merged, entry) => merged.Merge(CatalogueEntries.Of([new(Server1, entry)]))).Map[Server1].Value;

    // Stamps are unique as in life: what two nodes hold under one stamp is the same entry.
    private static CatalogueEntries RandomEntries(Random random) => CatalogueEntries.Of(
        Enumerable.Range(0, 6).Where(_ => random.Next(2) == 0).Select(n => new KeyValuePair<EntryId, Entry>(
            EntryId.Of(new BackendId(Samples.Web, $"server{n}")), RandomEntry(new Stamp(random.Next(4), $"lb{random.Next(3)}"), random.Next(3)))));

    private static Entry RandomEntry(Stamp life, int editedLater) => (life.Counter, editedLater) switch
    {
        (0, _) => Entry.Removed(life),
        (_, 0) => Entry.Added(life, Weight((int)life.Counter)),
        _ => Entry.Added(life, Weight(1)).WithValue(new Stamp(life.Counter + editedLater, "lb1"), Weight(100 + editedLater)),
    };
}
