using RustyRail.Contract.Maglev;

namespace Dataplane.Tests.Maglev;

public sealed class PermutationTests
{
    // Known answers of rusty_rail's permutation for M = 7.
    [Theory]
    [InlineData("fred", new[] { 1, 0, 6, 5, 4, 3, 2 })]
    [InlineData("ralph", new[] { 3, 2, 1, 0, 6, 5, 4 })]
    [InlineData("larry", new[] { 4, 0, 3, 6, 2, 5, 1 })]
    public void The_order_is_the_originals(string name, int[] order) => Assert.Equal(order, Permutation.Of(name, 7).Order(7));

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(251)]
    [InlineData(65537)]
    public void Every_order_visits_every_entry_once(int tableSize)
    {
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(tableSize, Permutation.Of($"server{i}", tableSize).Order(tableSize).Distinct().Count());
        }
    }

    // Aumasson and Bernstein's reference vectors: key 00..0f, input 00..(n-1).
    [Theory]
    [InlineData(0, 0x726FDB47DD0E0E31UL)]
    [InlineData(1, 0x74F839C593DC67FDUL)]
    [InlineData(7, 0xAB0200F58B01D137UL)]
    [InlineData(8, 0x93F5F5799A932462UL)]
    [InlineData(15, 0xA129CA6149BE45E5UL)]
    public void The_hash_is_SipHash_2_4(int length, ulong expected)
    {
        SipHash24 hash = new(0x0706050403020100, 0x0F0E0D0C0B0A0908);
        hash.Append([.. Enumerable.Range(0, length).Select(i => (byte)i)]);
        Assert.Equal(expected, hash.Finish());
    }
}
