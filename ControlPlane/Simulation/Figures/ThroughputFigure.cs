using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using RustyRail.ControlPlane.Simulation.Plot;
using RustyRail.ControlPlane.Supervision;

namespace RustyRail.ControlPlane.Simulation.Figures;

/// <summary>
/// Figure 9: throughput by kind of TCP packet and number of packet threads. The time per packet is measured, by the dataplane's own
/// bench on one thread of this machine; that threads add up is assumed, as is a network card that keeps up to its line rate.
/// </summary>
internal static class ThroughputFigure
{
    public const int DefaultTrials = 1;

    private const int MaxThreads = 7;

    // GRE makes the smallest frame one of 82 bytes, and a wire needs 20 more for each.
    private const double TenGigabitMpps = 10_000 / ((82 + 20) * 8.0);

    // The paper's number of threads that fill its 10 Gbit/s card.
    private static readonly (string Name, string[] Arguments, double PaperThreads)[] Traffic =
    [
        ("SYN", ["--syn"], 6),
        ("non-SYN", ["--flows", "1000000"], 5),
        ("constant 5-tuple", ["--flows", "1"], 5),
    ];

    public static long Work(int trials) => Traffic.Length * (long)trials;

    public static Figure Draw(int seed, int trials, int threads, Progress progress, CancellationToken cancel)
    {
        var rows = ImmutableArray.CreateBuilder<FigureRow>();
        var lines = ImmutableArray.CreateBuilder<PlotLine>();
        foreach (var (name, arguments, paperThreads) in Traffic)
        {
            progress.Step = $"bench, {name}";
            double nanoseconds = Trials.All(trials, 1, _ => Bench(arguments), progress, cancel).Min();
            rows.Add(new FigureRow($"{name}: time per packet", nanoseconds, 350, "ns", "paper, all kinds"));
            rows.Add(new FigureRow($"{name}: threads that fill 10 Gbit/s", Math.Ceiling(TenGigabitMpps * nanoseconds / 1000), paperThreads, "threads", "paper"));
            lines.Add(new PlotLine(name, [.. Enumerable.Range(1, MaxThreads).Select(count => ((double)count, count * 1000 / nanoseconds))]));
        }

        lines.Add(new PlotLine("10 Gbit/s, 82-byte frames", [(1, TenGigabitMpps), (MaxThreads, TenGigabitMpps)]));
        string title = "Throughput by kind of TCP packet, from the time per packet on one thread";
        return new Figure(9, title, rows.ToImmutable(), new LineChart(title, "packet threads", "Mpps", lines.ToImmutable()));
    }

    private static double Bench(string[] arguments)
    {
        if (!File.Exists(DataplaneProgram.Path)) throw new OperatorException($"{DataplaneProgram.Path}: not there; figure 9 is measured by it");
        ProcessStartInfo start = new(DataplaneProgram.Path) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])["bench", "--json", .. arguments]) start.ArgumentList.Add(argument);
        using Process bench = Process.Start(start)!;
        Task<string> problem = bench.StandardError.ReadToEndAsync();
        string output = bench.StandardOutput.ReadToEnd();
        bench.WaitForExit();
        if (bench.ExitCode != 0)
        {
            throw new OperatorException($"{DataplaneProgram.Name} bench ended with {bench.ExitCode.ToString(CultureInfo.InvariantCulture)}: {problem.Result.Trim()}", ExitCode.Failed);
        }

        using JsonDocument document = JsonDocument.Parse(output);
        return document.RootElement.GetProperty("nsPerPacket").GetDouble();
    }
}
