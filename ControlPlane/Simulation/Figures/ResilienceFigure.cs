using System.Collections.Immutable;
using System.Diagnostics;
using RustyRail.Contract.Maglev;
using RustyRail.ControlPlane.Simulation.Plot;

namespace RustyRail.ControlPlane.Simulation.Figures;

/// <summary>Figure 12: changed entries by number of backends that fail together, of 1,000, for two table sizes; and numbers of its kind.</summary>
internal static class ResilienceFigure
{
    public const int DefaultTrials = 200;

    private const int Backends = 1000;

    private static readonly int[] Sizes = [65537, 655373];
    private static readonly int[] Failures = [1, 2, 5, 10, 15, 20];

    // Needlessly changed entries in per cent: another implementation's figures, four trials each.
    private static readonly (int Size, int Backends, int Failures, double Reference)[] Calibration =
    [
        (65537, 1000, 1, 0.57), (65537, 1000, 10, 2.33), (65537, 1000, 20, 2.66), (65537, 100, 1, 0.56), (65537, 100, 10, 0.97),
        (65537, 10, 1, 0.23), (16381, 100, 1, 1.38), (4093, 100, 1, 2.88), (655373, 1000, 10, 0.58),
    ];

    private static readonly (int Size, double PaperMs)[] BuildTimes = [(65537, 1.8), (655373, 22.9)];

    // The first version's rule: survivors' flows that one failure moves, in per cent.
    private static readonly (int Backends, double Reference)[] Derived = [(3, 50), (10, 89), (50, 98)];

    public static long Work(int trials) => ((Sizes.Length * Failures.Length) + Calibration.Length) * (long)trials;

    public static Figure Draw(int seed, int trials, int threads, Progress progress, CancellationToken cancel)
    {
        var rows = ImmutableArray.CreateBuilder<FigureRow>();
        rows.AddRange(BuildTimes.Select(build => new FigureRow($"M={build.Size}, N={Backends}: table build", BuildMs(build.Size, seed), build.PaperMs, "ms", "paper")));
        var lines = ImmutableArray.CreateBuilder<PlotLine>();
        foreach (int size in Sizes)
        {
            var changed = ImmutableArray.CreateBuilder<(double, double)>();
            var needlessly = ImmutableArray.CreateBuilder<(double, double)>();
            foreach (int failures in Failures)
            {
                Disruption mean = Measure(size, Backends, failures);
                rows.Add(new FigureRow($"M={size}, N={Backends}, {failures} fail: entries changed", mean.Changed, null, "%", ""));
                changed.Add((100.0 * failures / Backends, mean.Changed));
                needlessly.Add((100.0 * failures / Backends, mean.Needlessly));
            }

            lines.Add(new PlotLine($"M={size}: all changed", changed.ToImmutable()));
            lines.Add(new PlotLine($"M={size}: whose backend stays", needlessly.ToImmutable()));
        }

        foreach (var (size, backends, failures, reference) in Calibration)
        {
            rows.Add(new FigureRow($"M={size}, N={backends}, {failures} fail: changed needlessly", Measure(size, backends, failures).Needlessly, reference, "%", "calibration"));
        }

        rows.AddRange(Derived.Select(rule => new FigureRow(
            $"M from the live set, {rule.Backends} to {rule.Backends - 1} backends: survivors' flows moved",
            DerivedTableSize.MovedSurvivors(rule.Backends, seed),
            rule.Reference,
            "%",
            "calibration")));
        string title = $"Entries changed when backends fail together, {Backends} backends";
        return new Figure(12, title, rows.ToImmutable(), new LineChart(title, "% of backends failing", "% of entries", lines.ToImmutable()));

        Disruption Measure(int size, int backends, int failures)
        {
            progress.Step = $"table of {size}, {failures} of {backends} fail";
            return Disruption.Mean(Trials.All(trials, threads, trial => Disruption.Of(size, backends, failures, seed, trial), progress, cancel));
        }
    }

    // The median of a few: a build now and then shares its processor. One thread, before the trials begin.
    private static double BuildMs(int size, int seed)
    {
        const int Builds = 9;
        string[] names = [.. Enumerable.Range(0, Backends).Select(i => $"{seed}-backend{i:D5}")];
        int[] weights = new int[Backends];
        Array.Fill(weights, 1);
        double[] times = new double[Builds];
        for (int build = 0; build < Builds; build++)
        {
            long start = Stopwatch.GetTimestamp();
            MaglevBuilder.Build(names, weights, size);
            times[build] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        return times[Builds / 2];
    }
}
