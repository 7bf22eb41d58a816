using RustyRail.Actors.Catalogue.Changes;
using RustyRail.Actors.Catalogue.Replication;
using RustyRail.Actors.Catalogue.Serialization;
using Xunit.Abstractions;
using static RustyRail.Actors.Protocol.CatalogueProtocol;

namespace RustyRail.Actors.Tests.Catalogue.Changes;

public sealed class ChangeLogTests(ITestOutputHelper output)
{
    [Fact]
    public void The_last_fifty_are_kept_by_number_whatever_the_clocks_said()
    {
        ChangeLog log = ChangeLog.Of(Enumerable.Range(1, 80).Select(n => Entryless(n) with { When = ChangedCatalogue.Noon.AddMinutes(-n) }));

        Assert.Equal(Enumerable.Range(31, 50).Reverse().Select(n => (long)n), log.NewestFirst.Select(change => change.Stamp.Counter));
    }

    [Fact]
    public void Nodes_agree_on_the_log_whatever_order_they_merge_in_and_however_often()
    {
        var random = new Random(3);
        for (int round = 0; round < 40; round++)
        {
            Change[] changes = [.. Enumerable.Range(1, 90).Select(n => Sized(n % 70, $"lb{n % 3}", random.Next(40_000)))];
            ChangeLog[] nodes = [.. Enumerable.Range(0, 3).Select(_ => MergedInParts(changes, random))];

            Assert.All(nodes, node => Assert.Equal(ChangeLogCodec.Encode(nodes[0]), ChangeLogCodec.Encode(node)));
            Assert.All(changes, change => Assert.True(nodes[0].Contains(ChangeLog.Of(change))));
            Assert.True(ChangeLogCodec.Encode(nodes[0]).Length < ChangeLog.MaxPackedBytes + (64 << 10));
            Assert.Contains(nodes[0].Changes.Values, change => change.Entries is null);
        }
    }

    [Fact]
    public void An_apply_of_ten_thousand_backends_is_kept_in_a_few_bytes_each()
    {
        ChangedCatalogue catalogue = ChangedCatalogue.OfWebAndMail();
        Change change = catalogue.Do(new ApplyCatalogue(Samples.Large(pools: 100, backends: 10_000)));

        output.WriteLine($"measured: an apply of 10,000 backends is {change.PackedBytes:N0} bytes in the history");
        Assert.NotNull(change.Entries);
        Assert.Equal("apply: 10200 added, 0 changed, 7 removed", change.What);
        Assert.Equal(10_207, change.Entries.Unpack().Length);
    }

    [Fact]
    public void Bytes_that_are_not_packed_entries_are_refused()
    {
        byte[] packed = [.. PackedEntries.Pack([new ChangedEntry(EntryId.Of(Samples.Web), null, new PoolEntry(Samples.Pool("web")))]).Bytes];

        Assert.Throws<FormatException>(() => new PackedEntries([.. packed[..^4]]).Unpack());
        Assert.Throws<FormatException>(() => new PackedEntries([0xFF, 0xFF, 0xFF, 0xFF]).Unpack());
    }

    [Theory]
    [InlineData("17", true, "17")]
    [InlineData("17@lb2", true, "17@lb2")]
    [InlineData("0", false, "")]
    [InlineData("-1", false, "")]
    [InlineData("17@", false, "")]
    [InlineData("lb2", false, "")]
    public void A_change_is_named_by_its_number_and_perhaps_its_node(string written, bool isId, string read)
    {
        Assert.Equal(isId, RustyRail.Actors.Protocol.ChangeId.TryParse(written, out RustyRail.Actors.Protocol.ChangeId id));
        if (isId) Assert.Equal(read, id.ToString());
    }

    private static ChangeLog MergedInParts(Change[] changes, Random random)
    {
        ChangeLog[] parts = [.. changes.OrderBy(_ => random.Next()).Chunk(random.Next(1, 30)).Select(part => ChangeLog.Of(part))];
        ChangeLog merged = parts.Aggregate(ChangeLog.Empty, (all, part) => all.Merge(part));
        return parts.OrderBy(_ => random.Next()).Aggregate(merged, (all, part) => part.Merge(all));
    }

    private static Change Entryless(int number) =>
        new(new Stamp(number, "lb1"), ChangedCatalogue.Noon, Author.Itself, "apply", null, 0, null);

    private static Change Sized(int number, string node, int bytes) =>
        new(new Stamp(number, node), ChangedCatalogue.Noon, Author.Itself, "apply", null, bytes, new PackedEntries([.. Filler(number, bytes)]));

    private static byte[] Filler(int number, int bytes)
    {
        byte[] filler = new byte[Math.Max(1, bytes)];
        filler[0] = (byte)number;
        return filler;
    }
}
