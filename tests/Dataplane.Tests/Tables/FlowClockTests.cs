using System.Runtime.Intrinsics;
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

    [Fact]
    public void Many_at_once_are_judged_as_one_by_one()
    {
        FlowClock clock = FlowClock.At(WrapMilliseconds + 100_000);
        foreach (FlowClass flowClass in Enum.GetValues<FlowClass>())
        {
            foreach (FlowState state in Enum.GetValues<FlowState>())
            {
                for (uint time = 0; time <= FlowMeta.TimeMask; time++)
                {
                    FlowMeta meta = FlowMeta.Of((int)FlowMeta.BackendMask, flowClass, time, state);
                    Vector256<uint> metas = Vector256<uint>.Zero.WithElement((int)(time % 8), meta.Word), ages = clock.AgesOf(metas);
                    Assert.Equal(clock.AgeOf(meta), ages[(int)(time % 8)]);
                    uint free = flowClass == FlowClass.Empty || clock.IsExpired(meta) ? uint.MaxValue : 0;
                    Assert.Equal(free, FlowClock.AreFree(metas, ages)[(int)(time % 8)]);
                }
            }
        }
    }
}
