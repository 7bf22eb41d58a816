using RustyRail.Contract.Maglev;

namespace RustyRail.ControlPlane.Simulation.Figures;

/// <summary>Tables of numbered backends with names of their own for each trial.</summary>
internal static class Trials
{
    public static Permutation[] Backends(int count, int tableSize, int seed, int trial)
    {
        var backends = new Permutation[count];
        for (int i = 0; i < count; i++) backends[i] = Permutation.Of($"{seed}-{trial}-backend{i:D5}", tableSize);
        return backends;
    }

    public static ushort[] Table(Permutation[] backends, int tableSize)
    {
        int[] weights = new int[backends.Length];
        Array.Fill(weights, 1);
        return MaglevBuilder.Build(backends, weights, tableSize);
    }

    /// <summary>Trials run beside each other; their results stand in order.</summary>
    public static T[] All<T>(int count, int threads, Func<int, T> trial, Progress progress, CancellationToken cancel)
    {
        T[] results = new T[count];
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancel }, at =>
        {
            results[at] = trial(at);
            progress.Add(1);
        });
        return results;
    }
}
