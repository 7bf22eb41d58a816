using RustyRail.Dataplane.Host.Bench;
using RustyRail.Dataplane.Host.Run;

namespace Dataplane.Tests.Host.Bench;

[Collection(Alone.Name)]
public sealed class CrewTimesTests
{
    /// <summary>0: all was forwarded, nothing lost between the workers.</summary>
    [Theory]
    [InlineData(2, WorkerPlan.Rss)]
    [InlineData(2, WorkerPlan.Steer)]
    [InlineData(3, WorkerPlan.Steer)]
    public void Workers_forward_together_all_that_they_receive(int workers, string steering) =>
        Assert.Equal(0, CrewTimes.Measure(new BenchOptions { Flows = 1000, Rounds = 1 }, new WorkerPlan(workers, steering), json: true));
}
