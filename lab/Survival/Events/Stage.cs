using RustyRail.Lab.Survival.Bed;
using RustyRail.Lab.Survival.Connections;

namespace RustyRail.Lab.Survival.Events;

/// <summary>What an event has to work with. It opens the second half itself, at the moment from which it counts as begun.</summary>
internal sealed class Stage(TestBed bed, ConnectionSet connections, int perHalf, SurvivalOptions options)
{
    public TestBed Bed => bed;
    public BalancerNode First => bed.Balancers[0];
    public BalancerNode Middle => bed.Balancers[bed.Balancers.Count / 2];
    public BalancerNode Last => bed.Balancers[^1];

    public Task OpenSecondHalfAsync() => connections.OpenAsync(perHalf, Opened.After);

    /// <summary>A part of the second half: an event of two steps opens some after each.</summary>
    public Task OpenAsync(double share) => connections.OpenAsync((int)(perHalf * share), Opened.After);

    public Task ExchangeAsync() => connections.ExchangeAsync(1);

    public Task StartAsync(BalancerNode node) => bed.Lab.RunAsync("lb", "start", node.Name);

    public Task StopAsync(BalancerNode node) => bed.Lab.RunAsync("lb", "stop", node.Name);

    public Task WithdrawAsync(BalancerNode node) => bed.Lab.RunAsync("exec", node.Name, "rustyrail", "drain-node", "--timeout", "60");

    /// <summary>From its next start on.</summary>
    public Task UpgradeAsync(BalancerNode node) => bed.Lab.RunAsync("lb", "use", node.Name, options.NextPrograms);

    /// <summary>Otherwise nothing was shown.</summary>
    public async Task RequireOtherVersionAsync()
    {
        foreach (BalancerNode node in bed.Balancers)
        {
            string version = (await node.TryFactsAsync())?.Version ?? "";
            if (version == bed.FirstVersion) throw new LabException($"{node.Name} has rustyrail {version} as before: {options.NextPrograms} is no other version");
            Console.Error.WriteLine($"    {node.Name}: rustyrail {bed.FirstVersion} -> {version}");
        }
    }

    public Task CrashAsync(BalancerNode node) => bed.Lab.RunAsync("lb", "crash", node.Name);

    public Task KillAsync(BalancerNode node) => bed.Lab.RunAsync("lb", "kill", node.Name);

    public async Task IsolateAsync(BalancerNode node)
    {
        await bed.Lab.RunAsync("isolate", node.Name);
        await OpenSecondHalfAsync();
        await Task.Delay(options.Isolation);
        await bed.Lab.RunAsync("heal", node.Name);
        await bed.SettledAsync(bed.Balancers);
    }
}
