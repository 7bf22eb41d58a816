using RustyRail.ControlPlane.Draining;

namespace ControlPlane.Tests.Draining;

public sealed class TrafficFallTests
{
    [Theory]
    [InlineData(new double[] { 0, 0 }, 2)]
    [InlineData(new double[] { 5000, 5000, 40, 40 }, 4)]
    [InlineData(new double[] { 5000, 40, 900, 40, 40 }, 5)]
    [InlineData(new double[] { 1, 1 }, 2)]
    [InlineData(new double[] { 5000, 5000, 5000 }, 0)]
    [InlineData(new double[] { 20, 2, 2, 2 }, 0)]
    public void It_has_fallen_when_nearly_nothing_came_twice_in_a_row(double[] perSecond, int after)
    {
        TrafficFall fall = new();
        int[] fallen = [.. perSecond.Select((rate, at) => fall.Observe(rate) ? at + 1 : 0).Where(at => at > 0)];
        Assert.Equal(after, fallen.FirstOrDefault());
    }
}
