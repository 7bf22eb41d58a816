using System.Diagnostics;
using RustyRail.Lab.Survival.Bed;
using RustyRail.Lab.Survival.Connections;
using RustyRail.Lab.Survival.Events;

namespace RustyRail.Lab.Survival;

/// <summary>Event after event on one bed, fresh connections for each.</summary>
internal sealed class Performance(TestBed bed, SurvivalOptions options)
{
    // Enough to find a flow that some node sends elsewhere: each asks its server again after everything has settled.
    private const int AnswersAfterwards = 2;

    private static readonly string[] Clients = ["client1", "client2"];

    private readonly ClientEnds _ends = new();

    public async Task<EventResult> RunAsync(SurvivalEvent happening)
    {
        await using ConnectionSet connections = new(bed.Lab, Clients, _ends, options.Pace);
        int half = options.Connections / 2;
        await connections.OpenAsync(half, Opened.Before);
        await connections.ExchangeAsync(1);
        HealthNews health = bed.Health();
        long began = Stopwatch.GetTimestamp();
        await happening.Happen(new Stage(bed, connections, half, options));
        TimeSpan took = Stopwatch.GetElapsedTime(began);
        await connections.ExchangeAsync(AnswersAfterwards);
        return EventResult.Of(happening, connections.All, took) with { TakenForDead = [.. health.Lines()] };
    }
}
