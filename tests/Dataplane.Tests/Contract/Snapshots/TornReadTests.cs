using System.Diagnostics;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Tests.Support.Regions;
using Xunit.Abstractions;

namespace Dataplane.Tests.Contract.Snapshots;

/// <summary>
/// A publisher that never stops against readers in a mapping of their own. Every value is a function of its place and the generation,
/// so one look-up tells whether it was overwritten while it was in use.
/// </summary>
[Collection(Alone.Name)]
public sealed class TornReadTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1, 6000)]
    [InlineData(2, 1000)]
    public void No_lookup_is_ever_torn(int readers, long publications)
    {
        // A quiet machine with a core for each thread needs a second or two.
        LitmusResult result = Litmus.Run(readers, acknowledged: true, publications, TimeSpan.FromSeconds(20));
        output.WriteLine($"measured: torn reads, {readers} reader(s): {result}");
        Assert.Equal(0, result.Torn);
        Assert.True(result.Published >= publications / 4, "inconclusive: too few publications");
        Assert.True(result.Adopted >= publications / 8, "inconclusive: the readers saw too few of them");
    }

    // What the test above shows is worth as much as this one: it must see tearing where there is some.
    [Fact]
    public void Without_acknowledgement_the_same_run_tears()
    {
        LitmusResult result = default;
        for (int seconds = 2; seconds <= 16 && result.Torn == 0; seconds *= 2)
        {
            result = Litmus.Run(readers: 1, acknowledged: false, long.MaxValue, TimeSpan.FromSeconds(seconds));
            output.WriteLine($"measured: torn reads, control without acknowledgement: {result}");
        }

        Assert.True(result.Torn > 0, "inconclusive: the control without acknowledgement did not tear");
    }

    private readonly record struct LitmusResult(long Published, long Refused, long Adopted, long Lookups, long Torn, TimeSpan Time)
    {
        public override string ToString() =>
            $"{Published / Time.TotalSeconds:f0} publications/s ({Refused} refused), {Adopted} adopted, {Lookups / 1e6:f1} M look-ups, {Torn} torn";
    }

    private sealed class Litmus(TestRegion region)
    {
        private long _adopted, _lookups, _torn;
        private volatile bool _stop;

        /// <summary>Ends after that many publications, that time, or the first torn look-up.</summary>
        public static LitmusResult Run(int readers, bool acknowledged, long publications, TimeSpan time)
        {
            using TestRegion region = new(TestRegion.Small with { Workers = readers }, isServed: acknowledged);
            return new Litmus(region).Run(readers, publications, time);
        }

        private LitmusResult Run(int readers, long publications, TimeSpan time)
        {
            Thread[] threads = [.. Enumerable.Range(0, readers).Select(reader => new Thread(() => Read(reader)))];
            SnapshotPublisher publisher = new(region.Control);
            long published = 0, refused = 0;
            long start = Stopwatch.GetTimestamp();
            foreach (Thread thread in threads) thread.Start();
            while (published < publications && Stopwatch.GetElapsedTime(start) < time && Interlocked.Read(ref _torn) == 0)
            {
                SnapshotContent content = GenerationalContent.Of(publisher.Generation + 1);
                for (; !publisher.TryPublish(content); refused++) Thread.Yield();
                published++;
            }

            TimeSpan took = Stopwatch.GetElapsedTime(start);
            _stop = true;
            foreach (Thread thread in threads) thread.Join();
            return new(published, refused, _adopted, _lookups, _torn, took);
        }

        private void Read(int index)
        {
            SnapshotReader reader = new(region.View, index);
            Random random = new(index);
            long adopted = 0, lookups = 0, torn = 0;
            while (!_stop)
            {
                if (reader.Refresh()) adopted++;
                if (reader.Current.IsNone) continue;
                // Mostly short batches, as under traffic; now and then one that outlasts several publications.
                int batch = random.Next(64) == 0 ? 10_000 : 200;
                long tornNow = 0;
                for (int i = 0; i < batch; i++)
                {
                    if (!GenerationalContent.IsWhole(region.View, reader.Current, reader.Generation, random)) tornNow++;
                }

                lookups += batch;
                torn += tornNow;
                if (tornNow > 0) Interlocked.Add(ref _torn, tornNow);
            }

            reader.Rest();
            Interlocked.Add(ref _adopted, adopted);
            Interlocked.Add(ref _lookups, lookups);
        }
    }
}
