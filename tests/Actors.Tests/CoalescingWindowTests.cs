using RustyRail.Actors;

namespace Actors.Tests;

public sealed class CoalescingWindowTests
{
    private readonly CoalescingWindow _window = new();

    [Fact]
    public void The_first_change_of_a_quiet_period_passes_at_once() => Assert.True(_window.TryPass());

    [Fact]
    public void A_burst_passes_once_more_at_the_end_of_the_window()
    {
        _window.TryPass();
        Assert.False(_window.TryPass());
        Assert.False(_window.TryPass());
        Assert.True(_window.TryPassAtEnd());
        Assert.False(_window.TryPass());
    }

    [Fact]
    public void A_window_without_changes_ends_the_period()
    {
        _window.TryPass();
        Assert.False(_window.TryPassAtEnd());
        Assert.True(_window.TryPass());
    }

    [Fact]
    public void A_held_window_lets_the_first_change_wait_for_its_end()
    {
        _window.Hold();
        Assert.False(_window.TryPass());
        Assert.True(_window.TryPassAtEnd());
    }
}
