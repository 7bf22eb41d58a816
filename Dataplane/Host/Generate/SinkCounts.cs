using System.Runtime.InteropServices;
using RustyRail.Dataplane.Host.Decap.Xdp;
using RustyRail.Dataplane.Ports.Xdp;

namespace RustyRail.Dataplane.Host.Generate;

/// <summary>What came back, all processors together.</summary>
/// <param name="Overtaken">Frames behind a later one of their flow, or there for the second time.</param>
/// <param name="First">When, by CLOCK_MONOTONIC in nanoseconds.</param>
internal sealed record SinkCounts(long Frames, long TotalBytes, long Overtaken, long First, long Last, RoundTrips RoundTrips)
{
    // Of a processor's value.
    public const short FramesAt = 0, BytesAt = 8, OvertakenAt = 16, LongestAt = 24, FirstAt = 32, LastAt = 40, BucketsAt = 64;
    public const int Bytes = BucketsAt + (RoundTrips.Buckets * sizeof(long));

    private static readonly int _processors = DecapCounts.CountProcessors(File.ReadAllText("/sys/devices/system/cpu/possible"));

    public static SinkCounts Read(BpfMap map)
    {
        byte[] values = new byte[_processors * Bytes];
        _ = map.TryLookUp(new byte[sizeof(uint)], values);
        long frames = 0, bytes = 0, overtaken = 0, first = long.MaxValue, last = 0, longest = 0;
        long[] buckets = new long[RoundTrips.Buckets];
        for (int processor = 0; processor < _processors; processor++)
        {
            ReadOnlySpan<long> counts = MemoryMarshal.Cast<byte, long>(values.AsSpan(processor * Bytes, Bytes));
            if (counts[FramesAt / sizeof(long)] == 0) continue;
            frames += counts[FramesAt / sizeof(long)];
            bytes += counts[BytesAt / sizeof(long)];
            overtaken += counts[OvertakenAt / sizeof(long)];
            longest = Math.Max(longest, counts[LongestAt / sizeof(long)]);
            first = Math.Min(first, counts[FirstAt / sizeof(long)]);
            last = Math.Max(last, counts[LastAt / sizeof(long)]);
            for (int i = 0; i < buckets.Length; i++) buckets[i] += counts[(BucketsAt / sizeof(long)) + i];
        }

        return new SinkCounts(frames, bytes, overtaken, first, last, new RoundTrips(buckets, longest));
    }
}
