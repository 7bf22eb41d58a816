using RustyRail.Dataplane.Host.Decap;

namespace Dataplane.Tests.Host.Decap;

public class DecapCountersTests
{
    [Fact]
    public void The_line_adds_up_and_names_the_reasons()
    {
        var counters = new DecapCounters();
        counters.Count(DecapReason.Delivered);
        Assert.Equal("received 1, delivered 1, dropped 0", counters.ToString());
        counters.Count(DecapReason.Runt);
        counters.Count(DecapReason.SourceNotAllowed);
        counters.Count(DecapReason.SourceNotAllowed);
        Assert.Equal("received 4, delivered 1, dropped 3 (runt 1, sourceNotAllowed 2)", counters.ToString());
    }

    [Fact]
    public void Strangers_that_go_on_to_the_kernel_are_not_called_dropped()
    {
        DecapCounters counters = new() { StrangersPass = true };
        counters.Count(DecapReason.Delivered);
        Assert.Equal("received 1, delivered 1, dropped 0", counters.ToString());
        counters.Add(DecapReason.SourceNotAllowed, 3);
        counters.Count(DecapReason.Runt);
        Assert.Equal("received 5, delivered 1, dropped 1 (runt 1), left to the kernel 3 (sourceNotAllowed 3)", counters.ToString());
    }
}
