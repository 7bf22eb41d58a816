using RustyRail.Dataplane.Host.Bench;

namespace Dataplane.Tests.Host.Bench;

public sealed class FlowDrawsTests
{
    [Fact]
    public void Zipf_draws_have_the_shares_of_the_law()
    {
        const int Flows = 10_000, Count = 1 << 20;
        uint[] draws = FlowDraws.Zipf(Flows, Count);
        double whole = Enumerable.Range(1, Flows).Sum(rank => Math.Pow(rank, -1.1));
        int[] counts = new int[Flows];
        foreach (uint flow in draws) counts[flow]++;

        Assert.Equal(Count, draws.Length);
        foreach (int rank in new[] { 1, 2, 3, 10, 100 })
        {
            double expected = Count * Math.Pow(rank, -1.1) / whole;
            Assert.InRange(counts[rank - 1], expected - (5 * Math.Sqrt(expected)), expected + (5 * Math.Sqrt(expected)));
        }

        double tail = Count * Enumerable.Range(1001, Flows - 1000).Sum(rank => Math.Pow(rank, -1.1)) / whole;
        Assert.InRange(counts[1000..].Sum(), tail * 0.98, tail * 1.02);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1_000_000)]
    public void Every_draw_is_one_of_the_flows(int flows) => Assert.All(FlowDraws.Zipf(flows, 1 << 16), draw => Assert.True(draw < flows));

    [Fact]
    public void In_turn_is_every_flow_once() => Assert.Equal([0u, 1u, 2u, 3u], FlowDraws.InTurn(4));
}
