using System.Globalization;
using RustyRail.ControlPlane.Simulation;
using RustyRail.ControlPlane.Simulation.Figures;
using Spectre.Console;

namespace RustyRail.ControlPlane.Commands;

/// <summary>A simulation's findings for people.</summary>
internal static class SimulationText
{
    public static void Print(SimulationReport report, TextWriter output)
    {
        output.WriteLine(
            $"{Count(report.Balancers)} balancers, {Count(report.Backends)} backends, {Count(report.Flows)} flows, table of {Count(report.TableSize)} entries, seed {report.Seed}");
        output.WriteLine();
        Table balance = TextTable.Create("before any event", "#max/mean", "#min/mean", "#variation %");
        foreach (Balance load in report.Balance) balance.Row(load.Load, Fixed(load.MaxOverMean, 3), Fixed(load.MinOverMean, 3), Fixed(100 * load.Variation, 2));
        balance.Print(output);
        output.WriteLine();

        Table events = TextTable.Create("event", "router", "#entries %", "#needlessly %", "#flows moved", "#ended", "#broken: hash", "#+ flow table", "#+ exceptions", "#told");
        foreach (EventResult result in report.Events)
        {
            events.Row(
                result.Event,
                result.Ecmp,
                Fixed(100 * result.EntriesChanged, 4),
                Fixed(100 * result.EntriesChangedNeedlessly, 4),
                Count(result.Moved),
                Count(result.Ended),
                Count(result.BrokenByHash),
                Count(result.BrokenWithFlowTable),
                Count(result.BrokenWithExceptions),
                Count(result.Exceptions));
        }

        events.Print(output);
        output.WriteLine();
        output.WriteLine("moved: another balancer gets them; ended: their backend was removed (no balancer can help, not counted as broken); told: exceptions sent");
    }

    public static void Print(Figure figure, TextWriter output)
    {
        output.WriteLine($"figure {figure.Number} of the Maglev paper: {figure.Title}");
        output.WriteLine();
        Table rows = TextTable.Create("", "#measured", "#reference", "unit", "reference is");
        foreach (FigureRow row in figure.Rows)
        {
            rows.Row(row.What, Fixed(row.Measured, 2), row.Reference is { } reference ? Fixed(reference, 2) : "", row.Unit, row.Source);
        }

        rows.Print(output);
    }

    private static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Fixed(double value, int digits) => value.ToString($"F{digits}", CultureInfo.InvariantCulture);
}
