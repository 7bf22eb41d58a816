using RustyRail.Contract.Maglev;
using Xunit.Abstractions;

namespace Dataplane.Tests.Maglev;

/// <summary>
/// Extra disruption: entries that change hands although their backend stays, in per cent of the table. The expected figures are those
/// of an independent implementation (4 trials each), in the shape of the paper's figure 12.
/// </summary>
public sealed class DisruptionTests(ITestOutputHelper output)
{
    // The smaller the table, the more one trial differs from the next.
    private static int Trials(int tableSize) => tableSize > 50_000 ? 4 : 40;

    [Theory]
    [InlineData(65537, 1000, 1, 0.57)]
    [InlineData(65537, 1000, 10, 2.33)]
    [InlineData(65537, 1000, 20, 2.66)]
    [InlineData(65537, 100, 1, 0.56)]
    [InlineData(65537, 100, 10, 0.97)]
    [InlineData(65537, 10, 1, 0.23)]
    [InlineData(16381, 100, 1, 1.38)]
    [InlineData(4093, 100, 1, 2.88)]
    public void Survivors_keep_nearly_all_their_entries(int tableSize, int backends, int removed, double expected)
    {
        double mean = Enumerable.Range(0, Trials(tableSize)).Average(trial => ExtraDisruption(tableSize, backends, removed, trial));
        output.WriteLine($"measured: extra disruption M={tableSize} N={backends} k={removed}: {mean:f2} % (calibration {expected} %)");
        Assert.InRange(mean, expected - 0.2, expected + 0.2);
    }

    private static double ExtraDisruption(int tableSize, int backends, int removed, int trial)
    {
        string[] names = Tables.Names(backends, $"trial{trial}-");
        HashSet<string> gone = Gone(names, removed, trial);
        string[] survivors = [.. names.Where(name => !gone.Contains(name))];
        ushort[] before = MaglevBuilder.Build(names, Tables.Ones(backends), tableSize);
        ushort[] after = MaglevBuilder.Build(survivors, Tables.Ones(survivors.Length), tableSize);
        int moved = before.Zip(after).Count(pair => !gone.Contains(names[pair.First]) && names[pair.First] != survivors[pair.Second]);
        return 100.0 * moved / tableSize;
    }

    private static HashSet<string> Gone(string[] names, int removed, int trial)
    {
        string[] shuffled = [.. names];
        new Random(trial).Shuffle(shuffled);
        return [.. shuffled.Take(removed)];
    }
}
