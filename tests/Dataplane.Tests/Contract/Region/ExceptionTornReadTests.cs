using System.Diagnostics;
using RustyRail.Contract.Region;
using RustyRail.Tests.Support.Regions;
using Xunit.Abstractions;

namespace Dataplane.Tests.Contract.Region;

/// <summary>
/// A writer that never stops sets, changes and removes keys that share one pair of buckets. Backend and expiry are functions of the key, so that
/// one look-up tells whether key and value belong together.
/// </summary>
[Collection(Alone.Name)]
public sealed class ExceptionTornReadTests(ITestOutputHelper output) : IDisposable
{
    private const int Keys = 64;
    private const uint Steady = 0xFFFF_0000;

    private readonly TestRegion _region = new(TestRegion.Small with { Exceptions = 4 });
    private long _torn, _lost, _found;
    private volatile bool _stop;

    public void Dispose() => _region.Dispose();

    [Fact]
    public void A_value_is_never_taken_for_another_keys_and_a_renewed_one_is_never_missed()
    {
        ExceptionWriter writer = new(new RegionView(_region.Control));
        ulong renewed = Key(Keys);
        writer.TrySet(renewed, Backend(renewed), FlowClass.Tcp, FlowState.Established, Steady);
        Thread reader = new(() => Read(renewed));
        reader.Start();

        long writes = 0, begin = Stopwatch.GetTimestamp();
        Random random = new(3);
        while (Stopwatch.GetElapsedTime(begin) < TimeSpan.FromSeconds(3) || (Interlocked.Read(ref _found) < 1000 && Stopwatch.GetElapsedTime(begin) < TimeSpan.FromSeconds(30)))
        {
            ulong key = Key(random.Next(Keys));
            if (random.Next(2) == 0) writer.TrySet(key, Backend(key), FlowClass.Tcp, FlowState.Established, Steady | (uint)random.Next(16));
            else writer.Remove(key);
            writer.TrySet(renewed, Backend(renewed), FlowClass.Tcp, FlowState.Established, Steady | (uint)random.Next(16));
            writes += 2;
        }

        _stop = true;
        reader.Join();
        output.WriteLine($"measured: {writes / 1e6:f1} M writes, {_found / 1e6:f1} M found, {_torn} torn, {_lost} missed");
        Assert.True(_found >= 1000, "inconclusive: the reader found too few");
        Assert.Equal((0, 0), (_torn, _lost));
    }

    private void Read(ulong renewed)
    {
        ExceptionTable table = _region.View.ExceptionTable;
        Random random = new(4);
        while (!_stop)
        {
            ulong key = Key(random.Next(Keys));
            if (table.TryFind(key, 1, out ExceptionValue value))
            {
                Interlocked.Increment(ref _found);
                if (value.Backend != Backend(key)) _torn++;
            }

            if (!table.TryFind(renewed, 1, out value)) _lost++;
            else if (value.Backend != Backend(renewed)) _torn++;
        }
    }

    private static ulong Key(int number) => (ulong)(number + 1) * 0x9E37_79B9_7F4A_7C15;

    private static int Backend(ulong key) => (int)(key >> 50);
}
