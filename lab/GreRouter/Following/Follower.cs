using System.Diagnostics;

namespace RustyRail.Lab.GreRouter.Following;

/// <summary>What BGP is to real routers: the next hops are the balancers that announce themselves, a few times a second.</summary>
internal sealed class Follower(FollowOptions options)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    public async Task RunAsync(CancellationToken stop)
    {
        Balancer[] balancers = [.. options.Balancers.Select(name => new Balancer(name, Path.Combine(options.Lab, name, "run")))];
        string route = "";
        Console.Out.WriteLine($"gre-router: following {string.Join(' ', options.Balancers)}");
        using PeriodicTimer turns = new(LookEvery);
        while (await turns.WaitForNextTickAsync(stop))
        {
            await Task.WhenAll(balancers.Select(balancer => balancer.LookAsync(stop)));
            string[] announced = [.. balancers.Where(balancer => balancer.IsAnnounced).Select(balancer => balancer.Name)];
            string now = string.Join(' ', announced);
            // With nobody there the last route stays: what it leads to is no worse than nowhere.
            if (announced.Length == 0 || now == route || !await TryRerouteAsync(announced, stop)) continue;
            Console.Out.WriteLine($"{DateTime.UtcNow:HH:mm:ss.fff} route {now}");
            route = now;
        }
    }

    private async Task<bool> TryRerouteAsync(string[] hosts, CancellationToken stop)
    {
        using Process lab = Process.Start(options.Command, ["reroute", .. hosts]);
        await lab.WaitForExitAsync(stop);
        return lab.ExitCode == 0;
    }
}
