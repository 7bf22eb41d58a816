using RustyRail.Lab.Survival.Bed;
using RustyRail.Lab.Survival.Connections;

namespace RustyRail.Lab.Survival.Events;

/// <summary>What an event has to work with. It opens the second half itself, at the moment from which it counts as begun.</summary>
internal sealed class Stage(TestBed bed, ConnectionSet connections, int perHalf, TimeSpan isolation)
{
    public TestBed Bed => bed;
    public BalancerNode First => bed.Balancers[0];
    public BalancerNode Last => bed.Balancers[^1];
    public TimeSpan Isolation => isolation;

    public Task OpenSecondHalfAsync() => connections.OpenAsync(perHalf, Opened.After);

    /// <summary>A part of the second half: an event of two steps opens some after each.</summary>
    public Task OpenAsync(double share) => connections.OpenAsync((int)(perHalf * share), Opened.After);

    public Task ExchangeAsync() => connections.ExchangeAsync(1);

    public Task StartAsync(BalancerNode node) => bed.Lab.RunAsync("lb", "start", node.Name);

    public Task StopAsync(BalancerNode node) => bed.Lab.RunAsync("lb", "stop", node.Name);

    public Task WithdrawAsync(BalancerNode node) => bed.Lab.RunAsync("exec", node.Name, "rustyrail", "drain-node", "--timeout", "60");

    public Task CrashAsync(BalancerNode node) => bed.Lab.RunAsync("lb", "crash", node.Name);

    public Task KillAsync(BalancerNode node) => bed.Lab.RunAsync("lb", "kill", node.Name);

    public async Task IsolateAsync(BalancerNode node)
    {
        await bed.Lab.RunAsync("isolate", node.Name);
        await OpenSecondHalfAsync();
        await Task.Delay(isolation);
        await bed.Lab.RunAsync("heal", node.Name);
        await bed.SettledAsync(bed.Balancers);
    }
}
