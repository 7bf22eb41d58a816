using RustyRail.Contract.Maglev;

namespace Dataplane.Tests.Maglev;

public sealed class MaglevBuilderTests
{
    [Fact]
    public void The_worked_example_of_the_paper()
    {
        Permutation[] three = [new(3, 4), new(0, 2), new(3, 1)];
        Assert.Equal(new ushort[] { 1, 0, 1, 0, 2, 2, 0 }, MaglevBuilder.Build(three, [1, 1, 1], 7));

        // B1 gone: one entry changes that was not its own.
        Permutation[] two = [three[0], three[2]];
        Assert.Equal(new ushort[] { 0, 0, 0, 0, 1, 1, 1 }, MaglevBuilder.Build(two, [1, 1], 7));
    }

    [Fact]
    public void No_backends_no_table() => Assert.Empty(MaglevBuilder.Build(ReadOnlySpan<string>.Empty, [], 7));

    [Fact]
    public void One_backend_has_every_entry() => Assert.All(MaglevBuilder.Build(["alone"], [3], 251), entry => Assert.Equal(0, entry));

    [Fact]
    public void More_backends_than_entries_fill_the_table_with_the_first()
    {
        ushort[] table = MaglevBuilder.Build(Tables.Names(10), Tables.Ones(10), 7);
        Assert.Equal(7, table.Distinct().Count());
        Assert.All(table, entry => Assert.InRange(entry, 0, 6));
    }

    [Theory]
    [InlineData(3, 7)]
    [InlineData(2, 251)]
    [InlineData(10, 65537)]
    [InlineData(1000, 65537)]
    [InlineData(999, 4093)]
    public void Equal_weights_share_the_table_to_within_one_entry(int backends, int tableSize)
    {
        int[] shares = Tables.Shares(MaglevBuilder.Build(Tables.Names(backends), Tables.Ones(backends), tableSize), backends);
        Assert.All(shares, share => Assert.InRange(share, tableSize / backends, (tableSize + backends - 1) / backends));
    }

    [Theory]
    [InlineData(new[] { 100, 100, 50 })]
    [InlineData(new[] { 1, 2, 3, 4 })]
    [InlineData(new[] { 1, 65535 })]
    [InlineData(new[] { 7, 100, 100, 100, 33 })]
    public void Weights_are_shares_of_the_table(int[] weights)
    {
        const int TableSize = 65537;
        int[] shares = Tables.Shares(MaglevBuilder.Build(Tables.Names(weights.Length), weights, TableSize), weights.Length);
        double perWeight = (double)TableSize / weights.Sum();
        // Credits are paid round by round: nobody is ever more than one turn of each backend ahead.
        for (int i = 0; i < weights.Length; i++) Assert.InRange(shares[i], (weights[i] * perWeight) - weights.Length, (weights[i] * perWeight) + weights.Length);
    }

    [Fact]
    public void Only_the_ratio_of_weights_counts()
    {
        string[] names = Tables.Names(5);
        ushort[] expected = MaglevBuilder.Build(names, Tables.Ones(5), 4093);
        Assert.Equal(expected, MaglevBuilder.Build(names, [100, 100, 100, 100, 100], 4093));
        Assert.Equal(MaglevBuilder.Build(names, [1, 2, 3, 4, 5], 4093), MaglevBuilder.Build(names, [13, 26, 39, 52, 65], 4093));
    }

    [Fact]
    public void A_change_of_one_weight_leaves_most_entries_alone()
    {
        string[] names = Tables.Names(10);
        int[] weights = [.. Enumerable.Repeat(100, 10)];
        ushort[] before = MaglevBuilder.Build(names, weights, 65537);
        weights[3] = 90;
        ushort[] after = MaglevBuilder.Build(names, weights, 65537);
        double changed = before.Zip(after).Count(pair => pair.First != pair.Second) / 65537.0;
        // One per cent of the table has to move; a table that is shuffled would move nine tenths.
        Assert.InRange(changed, 0.009, 0.05);
    }

    [Fact]
    public void A_table_names_its_digest()
    {
        string[] names = Tables.Names(3);
        ushort[] table = MaglevBuilder.Build(names, Tables.Ones(3), 251);
        string digest = TableDigest.Of(names, table);
        Assert.Matches("^[0-9a-f]{16}$", digest);
        Assert.Equal(digest, TableDigest.Of(names, table));
        Assert.NotEqual(digest, TableDigest.Of(["a", .. names[1..]], table));
        table[100] = (ushort)((table[100] + 1) % 3);
        Assert.NotEqual(digest, TableDigest.Of(names, table));
    }
}
