using RustyRail.Actors.Hosting;

namespace RustyRail.Actors.Tests.Hosting;

public sealed class HeldBackTests
{
    [Fact]
    public async Task An_open_gate_is_passed_at_once()
    {
        HeldBack gate = new();
        Assert.False(gate.IsClosed);
        await gate.PassAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_closed_gate_holds_until_it_opens_and_can_be_closed_again()
    {
        HeldBack gate = new();
        gate.Close();
        gate.Close();
        Task passing = gate.PassAsync(CancellationToken.None);
        Assert.True(gate.IsClosed);
        Assert.False(passing.IsCompleted);
        gate.Open();
        await passing.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.False(gate.IsClosed);
        gate.Open();
        gate.Close();
        Assert.False(gate.PassAsync(CancellationToken.None).IsCompleted);
    }

    [Fact]
    public async Task Whoever_stops_waits_no_longer()
    {
        HeldBack gate = new();
        gate.Close();
        using CancellationTokenSource stopping = new();
        Task passing = gate.PassAsync(stopping.Token);
        await stopping.CancelAsync();
        await passing.WaitAsync(TimeSpan.FromSeconds(10));
    }
}
