using RustyRail.ControlPlane.Supervision;

namespace ControlPlane.Tests.Supervision;

public sealed class RestartBackoffTests
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [Fact]
    public void The_first_restart_does_not_wait_and_later_ones_wait_longer_up_to_a_limit()
    {
        RestartBackoff backoff = new();

        Assert.Equal(
            [0, 200, 400, 800, 1600, 3200, 5000, 5000],
            Enumerable.Range(0, 8).Select(_ => backoff.After(Short).TotalMilliseconds));
    }

    [Fact]
    public void A_long_life_is_forgiven()
    {
        RestartBackoff backoff = new();
        for (int i = 0; i < 5; i++) backoff.After(Short);

        Assert.Equal(TimeSpan.Zero, backoff.After(Long));
        Assert.Equal(TimeSpan.FromMilliseconds(200), backoff.After(Short));
    }
}
