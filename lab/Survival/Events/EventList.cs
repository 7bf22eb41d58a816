using System.Collections.Immutable;
using RustyRail.Lab.Survival.Bed;

namespace RustyRail.Lab.Survival.Events;

/// <summary>Everything that the connections are to survive, each from the same beginning.</summary>
internal static class EventList
{
    private const string Leaving = "server1";

    // From one exchange of exceptions on, which is due within this time after a change.
    private static readonly TimeSpan OneSync = TimeSpan.FromSeconds(1);

    public static ImmutableArray<SurvivalEvent> All { get; } =
    [
        new("backend-added", "a backend is added", async stage =>
        {
            await AddAsync(stage);
            await stage.OpenSecondHalfAsync();
        }),
        new("backend-drained", "another backend is drained", async stage =>
        {
            await stage.First.DrainAsync(Leaving);
            await stage.OpenSecondHalfAsync();
        }),
        new("lb-added", "a balancer is added", AddBalancerAsync),
        new("lb-added-after-change", "a balancer is added right after a backend", async stage =>
        {
            await AddAsync(stage);
            await AddBalancerAsync(stage);
        }),
        new("lb-killed", "a balancer dies with everything on it", async stage =>
        {
            await stage.KillAsync(stage.Last);
            await stage.OpenSecondHalfAsync();
        }),
        new("control-planes-killed", "all control planes are killed and started again", async stage =>
        {
            foreach (BalancerNode node in stage.Bed.Balancers) await stage.CrashAsync(node);
            await stage.OpenSecondHalfAsync();
            await Task.WhenAll(stage.Bed.Balancers.Select(stage.StartAsync));
            await stage.Bed.SettledAsync(stage.Bed.Balancers);
        }),
        new("first-isolated", "the first balancer is cut off from its peers and comes back", stage => stage.IsolateAsync(stage.First)),
        new("middle-isolated", "a balancer between them is cut off from its peers and comes back", stage => stage.IsolateAsync(stage.Middle)) { LeastBalancers = 3 },
        new("last-isolated", "the last balancer is cut off from its peers and comes back", stage => stage.IsolateAsync(stage.Last)),
        new("lb-killed-in-drain", "a balancer dies a second after a drain began", async stage =>
        {
            await stage.First.DrainAsync(Leaving);
            Task opened = stage.OpenAsync(0.5);
            await Task.Delay(OneSync);
            await stage.KillAsync(stage.Last);
            await opened;
            await stage.OpenAsync(0.5);
        }),
        new("lb-killed-at-drain", "a balancer dies at the moment a drain begins", async stage =>
        {
            await stage.First.DrainAsync(Leaving);
            await stage.KillAsync(stage.Last);
            await stage.OpenSecondHalfAsync();
        }, Tolerated.Anything),
        new("rolling-restart", "all balancers are stopped and started, one after the other", stage => ReplaceAllAsync(stage, stage.StopAsync)),
        new("backend-removed", "a backend is removed: its own connections end", async stage =>
        {
            await stage.First.RemoveAsync(Leaving);
            await stage.OpenSecondHalfAsync();
        }, Tolerated.OwnOnly, Leaving),
        new("chain-of-three", "a backend is added, a balancer is added, another balancer dies", async stage =>
        {
            await AddAsync(stage);
            await stage.OpenAsync(0.5);
            await stage.ExchangeAsync();
            await stage.StartAsync(stage.Bed.Spare);
            await stage.Bed.SettledAsync([.. stage.Bed.Balancers, stage.Bed.Spare]);
            await stage.ExchangeAsync();
            await stage.KillAsync(stage.First);
            await stage.OpenAsync(0.5);
        }),
        new("rolling-upgrade", "all balancers are drained, stopped and started, one after the other", stage => ReplaceAllAsync(stage, async node =>
        {
            await stage.WithdrawAsync(node);
            await stage.StopAsync(node);
        })),
        new("version-upgrade", "all balancers are drained, get the programs of another version and are started, one after the other", async stage =>
        {
            await ReplaceAllAsync(stage, async node =>
            {
                await stage.WithdrawAsync(node);
                await stage.StopAsync(node);
                await stage.UpgradeAsync(node);
            });
            await stage.RequireOtherVersionAsync();
        })
        {
            NeedsNextPrograms = true,
        },
    ];

    private static Task AddAsync(Stage stage) => stage.First.AddAsync(TestBed.SpareServer, TestBed.SpareServerAddress);

    private static async Task ReplaceAllAsync(Stage stage, Func<BalancerNode, Task> takeOut)
    {
        Task opened = Task.CompletedTask;
        foreach (BalancerNode node in stage.Bed.Balancers)
        {
            await takeOut(node);
            if (node == stage.First) opened = stage.OpenSecondHalfAsync();
            await stage.StartAsync(node);
            await stage.Bed.SettledAsync(stage.Bed.Balancers);
            await stage.ExchangeAsync();
        }

        await opened;
    }

    private static async Task AddBalancerAsync(Stage stage)
    {
        Task started = stage.StartAsync(stage.Bed.Spare);
        await stage.OpenSecondHalfAsync();
        await started;
        await stage.Bed.SettledAsync([.. stage.Bed.Balancers, stage.Bed.Spare]);
    }
}
