using RustyRail.Dataplane.Host.Bench;

namespace Dataplane.Tests.Host.Bench;

public sealed class RoutingCheckTests
{
    private static readonly BenchOptions Options = new() { Flows = 20_000, Backends = 10, Packets = 1_000_000 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Flows_with_an_entry_keep_their_backend_through_changes_of_the_table(bool isPlain)
    {
        RoutingResult result = RoutingCheck.Measure(Options with { Frame = isPlain ? BenchFrame.Plain() : BenchFrame.Gre() }, capacity: 1 << 16);
        Assert.Equal((0, 0, 0), (result.Misrouted, result.Rerouted, result.Displaced));
        Assert.Equal(result.Packets, result.Forwarded);
        Assert.True(result.Changes >= 10, $"{result.Changes} changes");
    }

    /// <summary>The check sees it when entries are missing, and excuses no more than that.</summary>
    [Fact]
    public void Where_entries_give_way_flows_follow_the_changed_table()
    {
        RoutingResult result = RoutingCheck.Measure(Options, capacity: 1 << 12);
        Assert.InRange(result.Rerouted, 10_000, result.Displaced);
        Assert.Equal(0, result.Misrouted);
    }
}
