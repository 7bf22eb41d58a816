using System.Collections.Immutable;
using RustyRail.ControlPlane.Simulation.Events;
using RustyRail.ControlPlane.Simulation.Plot;

namespace RustyRail.ControlPlane.Simulation;

/// <summary>The balance before and every event, under every kind of router that is asked for.</summary>
internal static class ClusterSimulation
{
    public static long Work(SimulationOptions options, IReadOnlyCollection<EventScript> scripts, IReadOnlyCollection<EcmpKind> kinds) =>
        options.Flows * (1 + (scripts.Count * (long)kinds.Count));

    public static SimulationReport Run(
        SimulationOptions options, IReadOnlyList<EventScript> scripts, IReadOnlyList<EcmpKind> kinds, Progress progress, CancellationToken cancel)
    {
        progress.Step = "balance";
        ImmutableArray<Balance> balance = BalanceSimulation.Run(options, kinds, progress, cancel);
        var results = ImmutableArray.CreateBuilder<EventResult>();
        foreach (EventScript script in scripts)
        {
            foreach (EcmpKind kind in kinds)
            {
                progress.Step = $"{script.Name}, {kind.ToString().ToLowerInvariant()}";
                results.Add(EventSimulation.Run(options, kind, script, progress, cancel));
            }
        }

        return new SimulationReport(options.Balancers, options.Backends, options.Flows, options.ChosenTableSize, options.Seed, balance, results.ToImmutable());
    }

    public static IChart Chart(SimulationReport report) => new BarChart(
        $"Flows broken by an event: {report.Flows:#,0} flows, {report.Balancers:#,0} balancers, {report.Backends:#,0} backends",
        "flows broken",
        ["by hash only", "with flow tables", "and with exceptions"],
        [.. report.Events.Select(result => new BarGroup(
            $"{result.Event}, {result.Ecmp}",
            [result.BrokenByHash, result.BrokenWithFlowTable, result.BrokenWithExceptions]))],
        Logarithmic: true);
}
