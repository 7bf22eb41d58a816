using RustyRail.Contract.Maglev;
using RustyRail.Tests.Support;
using Xunit.Abstractions;

namespace Dataplane.Tests.Maglev;

[Collection(Alone.Name)]
public sealed class BuildTimeTests(ITestOutputHelper output)
{
    private const int Backends = 1000, Runs = 31;

    // Twice the paper's 1.8 and 22.9 ms at most. Processor time, since a test machine does other things too; the median is for the reader,
    // the best run is judged, since others share the caches.
    [Theory]
    [InlineData(65537, 1.8)]
    [InlineData(655373, 22.9)]
    public void A_table_is_built_about_as_fast_as_the_paper_says(int tableSize, double paperMilliseconds)
    {
        string[] names = Tables.Names(Backends);
        int[] weights = Tables.Ones(Backends);
        double[] times = new double[Runs];
        for (int run = 0; run < Runs; run++)
        {
            TimeSpan start = ThreadProcessorTime.Now;
            MaglevBuilder.Build(names, weights, tableSize);
            times[run] = (ThreadProcessorTime.Now - start).TotalMilliseconds;
        }

        Array.Sort(times);
        double median = times[Runs / 2];
        output.WriteLine($"measured: Maglev table M={tableSize} N={Backends}: median {median:f2} ms, best {times[0]:f2} ms of processor time; paper {paperMilliseconds} ms");
        Assert.InRange(times[0], 0.01, 2 * paperMilliseconds);
    }
}
