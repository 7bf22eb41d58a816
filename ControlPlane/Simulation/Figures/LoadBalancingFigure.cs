using System.Collections.Immutable;
using RustyRail.ControlPlane.Simulation.Plot;

namespace RustyRail.ControlPlane.Simulation.Figures;

/// <summary>Figure 11: the largest and smallest share of a table that a backend of 1,000 gets, by method and table size.</summary>
internal static class LoadBalancingFigure
{
    public const int DefaultTrials = 5;

    private const int Backends = 1000, PointsPerBackend = 1000;

    // Per method: over-provision that the paper prints for its two sizes.
    private static readonly (string Name, Func<int, int, int, long[]> Entries, double? Small, double? Large)[] Methods =
    [
        ("Maglev", Maglev, null, null),
        ("Karger", (size, seed, trial) => RivalHashing.Karger(Backends, PointsPerBackend, size, HashCode(seed, trial)), 29.7, 10.3),
        ("Rendezvous", (size, seed, trial) => RivalHashing.Rendezvous(Backends, size, HashCode(seed, trial)), 49.5, 12.3),
    ];

    private static readonly int[] Sizes = [16381, 65537, 655373];

    public static long Work(int trials) => Methods.Length * Sizes.Length * trials;

    public static Figure Draw(int seed, int trials, int threads, Progress progress, CancellationToken cancel)
    {
        var rows = ImmutableArray.CreateBuilder<FigureRow>();
        var bars = ImmutableArray.CreateBuilder<BarGroup>();
        foreach (int size in Sizes)
        {
            foreach (var (name, entries, small, large) in Methods)
            {
                progress.Step = $"{name}, table of {size}";
                Balance[] trialsOf = Trials.All(trials, threads, trial => Balance.Of(name, entries(size, seed, trial)), progress, cancel);
                double max = trialsOf.Average(balance => balance.MaxOverMean), min = trialsOf.Average(balance => balance.MinOverMean);
                double? paper = size == 65537 ? small : size == 655373 ? large : null;
                rows.Add(new FigureRow($"{name}, M={size}: over-provision", 100 * (max - 1), paper, "%", paper is null ? "" : "paper"));
                rows.Add(new FigureRow($"{name}, M={size}: smallest share", 100 * min, null, "% of the mean", ""));
                bars.Add(new BarGroup($"{name[0]} {size}", [100 * max / Backends, 100 * min / Backends]));
            }
        }

        string title = $"Share of the table per backend, {Backends} backends";
        return new Figure(11, title, rows.ToImmutable(), new BarChart(title, "% of entries", ["largest", "smallest"], bars.ToImmutable(), false));
    }

    private static long[] Maglev(int size, int seed, int trial)
    {
        long[] entries = new long[Backends];
        foreach (ushort backend in Trials.Table(Trials.Backends(Backends, size, seed, trial), size)) entries[backend]++;
        return entries;
    }

    private static int HashCode(int seed, int trial) => (seed * 7919) + trial + 1;
}
