using RustyRail.Dataplane.Host.Generate;

namespace Dataplane.Tests.Host.Generate;

public sealed class RoundTripsTests
{
    [Fact]
    public void Buckets_follow_each_other_and_are_at_most_an_eighth_wide()
    {
        for (int bucket = 1; RoundTrips.EndOf(bucket) < 1L << 40; bucket++)
        {
            long first = RoundTrips.EndOf(bucket - 1) + 1, last = RoundTrips.EndOf(bucket);
            Assert.True(last >= first && (last - first) * 8 <= first, $"bucket {bucket}: {first} to {last}");
        }
    }

    [Fact]
    public void Quantiles_are_the_ends_of_buckets_but_never_beyond_the_longest()
    {
        long[] buckets = new long[RoundTrips.Buckets];
        buckets[5] = 90;
        buckets[40] = 9;
        buckets[100] = 1;
        RoundTrips trips = new(buckets, RoundTrips.EndOf(100) - 1);
        Assert.Equal(5, trips.Quantile(0.5));
        Assert.Equal(5, trips.Quantile(0.9));
        Assert.Equal(RoundTrips.EndOf(40), trips.Quantile(0.99));
        Assert.Equal(trips.Longest, trips.Quantile(0.9999));
        Assert.Equal(100, trips.Count);
    }

    [Fact]
    public void Nothing_has_no_time() => Assert.Equal(0, new RoundTrips(new long[RoundTrips.Buckets], 0).Quantile(0.5));
}
