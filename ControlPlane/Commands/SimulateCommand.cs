using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using RustyRail.ControlPlane.Simulation;
using RustyRail.ControlPlane.Simulation.Events;
using RustyRail.ControlPlane.Simulation.Figures;
using RustyRail.ControlPlane.Simulation.Plot;

namespace RustyRail.ControlPlane.Commands;

/// <summary>A cluster on paper, at a size that no lab reaches: how even, and what each event breaks.</summary>
internal static class SimulateCommand
{
    public static Command Create()
    {
        Command command = new("simulate", "A cluster on paper: balance, disruption, flows broken by each event; or figures of the Maglev paper");
        SimulateOptions.AddTo(command);
        command.Add(SharedOptions.Json);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        SimulationOptions options = SimulateOptions.Read(parsed);
        using StreamWriter? plot = SimulateOptions.ReadPlot(parsed) is { } file ? Open(file) : null;
        IChart chart = SimulateOptions.ReadFigure(parsed) is { } figure
            ? await DrawAsync(parsed, options, figure, cancel)
            : await SimulateAsync(parsed, options, cancel);
        if (plot is not null) await plot.WriteAsync(chart.ToSvg().AsMemory(), cancel);
        return ExitCode.Well;
    }

    private static async Task<IChart> SimulateAsync(ParseResult parsed, SimulationOptions options, CancellationToken cancel)
    {
        ImmutableArray<EventScript> scripts = SimulateOptions.ReadEvents(parsed, options);
        ImmutableArray<EcmpKind> kinds = SimulateOptions.ReadEcmp(parsed);
        Progress progress = new(ClusterSimulation.Work(options, scripts, kinds));
        SimulationReport report = await ProgressLine.ShowAsync(
            progress, parsed.InvocationConfiguration.Error, () => ClusterSimulation.Run(options, scripts, kinds, progress, cancel));
        TextWriter output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(SharedOptions.Json)) await output.WriteLineAsync(JsonSerializer.Serialize(report, SimulationJson.Readable.SimulationReport));
        else SimulationText.Print(report, output);
        return ClusterSimulation.Chart(report);
    }

    private static async Task<IChart> DrawAsync(ParseResult parsed, SimulationOptions options, FigureDrawing drawing, CancellationToken cancel)
    {
        int repeats = SimulateOptions.ReadRepeats(parsed, drawing);
        Progress progress = new(drawing.Work(repeats));
        Figure figure = await ProgressLine.ShowAsync(
            progress, parsed.InvocationConfiguration.Error, () => drawing.Draw(options.Seed, repeats, options.Threads, progress, cancel));
        TextWriter output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(SharedOptions.Json))
        {
            FigureReport report = new(figure.Number, figure.Title, options.Seed, repeats, figure.Rows);
            await output.WriteLineAsync(JsonSerializer.Serialize(report, SimulationJson.Readable.FigureReport));
        }
        else
        {
            SimulationText.Print(figure, output);
        }

        return figure.Chart;
    }

    // Before the work: nobody waits a minute to hear that the folder does not exist.
    private static StreamWriter Open(string file)
    {
        try
        {
            return new StreamWriter(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"--plot {file}: {e.Message}");
        }
    }
}
