using RustyRail.Contract.Region;
using RustyRail.Dataplane.Tables;

namespace Dataplane.Tests.Tables;

public sealed class FlowClockTests
{
    private const long WrapMilliseconds = 4096L * FlowMeta.TimeUnitSeconds * 1000;

    [Theory]
    [InlineData(0)]
    [InlineData(WrapMilliseconds - 4000)]
    [InlineData(WrapMilliseconds)]
    [InlineData((1000 * WrapMilliseconds) - 60_000)]
    [InlineData(long.MaxValue / 2)]
    public void Ages_are_right_across_the_wrap(long start)
    {
        FlowEntry entry = new() { Meta = FlowMeta.Of(1, FlowClass.Tcp, FlowClock.At(start).Now, FlowState.Established) };
        for (long seconds = 0; seconds <= 7436; seconds += 4)
        {
            FlowClock clock = FlowClock.At(start + (seconds * 1000));
            Assert.Equal((uint)(seconds / 4), clock.AgeOf(entry.Meta));
            Assert.False(clock.IsExpired(entry.Meta));
        }

        Assert.True(FlowClock.At(start + 7_444_000).IsExpired(entry.Meta));
        Assert.True(FlowClock.At(start + WrapMilliseconds - 4000).IsExpired(entry.Meta));
    }

    [Fact]
    public void No_limit_comes_near_the_wrap()
    {
        foreach (FlowClass flowClass in Enum.GetValues<FlowClass>())
        {
            foreach (FlowState state in Enum.GetValues<FlowState>()) Assert.InRange(FlowClock.IdleLimit(flowClass, state), 1u, 4096u / 2);
        }
    }
}
