using System.Globalization;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Forwarding;

namespace RustyRail.Dataplane.Host.Bench;

/// <summary>Time per packet: the median of a few rounds.</summary>
internal static class BenchTimes
{
    /// <summary>Exit code: 1 if a packet was not forwarded.</summary>
    public static int Measure(BenchPipeline pipeline, BenchOptions options, bool json)
    {
        if (options.WarmUp > 0) pipeline.Run(options.WarmUp);
        double[] nanoseconds = new double[options.Rounds];
        long transmitted = pipeline.Wire.TransmittedFrames;
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        for (int round = 0; round < nanoseconds.Length; round++) nanoseconds[round] = pipeline.Run(options.Packets);
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        transmitted = pipeline.Wire.TransmittedFrames - transmitted;
        Array.Sort(nanoseconds);
        Console.Out.WriteLine(json ? Json(nanoseconds, options, transmitted, allocated, pipeline) : Text(nanoseconds, options, allocated));
        long sent = options.Rounds * options.Packets;
        if (transmitted == sent) return 0;
        Console.Error.WriteLine($"rustyrail-dataplane: bench: {sent - transmitted} packets were not forwarded");
        return 1;
    }

    private static string Text(double[] sorted, BenchOptions options, long allocated)
    {
        double median = sorted[sorted.Length / 2];
        return string.Create(CultureInfo.InvariantCulture,
            $"{median:F1} ns/packet (min {sorted[0]:F1}, max {sorted[^1]:F1}), {1000 / median:F1} Mpps; {options.DrawnFlows} flows, batch {Forwarder.BatchSize}, {allocated} bytes allocated");
    }

    private static string Json(double[] sorted, BenchOptions options, long transmitted, long allocated, BenchPipeline pipeline)
    {
        double median = sorted[sorted.Length / 2];
        WorkerCounterBlock totals = pipeline.Totals;
        return string.Create(CultureInfo.InvariantCulture, $$"""
            {"nsPerPacket":{{median:F2}},"nsPerPacketMin":{{sorted[0]:F2}},"nsPerPacketMax":{{sorted[^1]:F2}},"mpps":{{1000 / median:F2}},"flows":{{options.DrawnFlows}},"packets":{{options.Packets}},"rounds":{{options.Rounds}},"batch":{{Forwarder.BatchSize}},"forwarded":{{transmitted}},"allocatedBytes":{{allocated}},"flowCapacity":{{options.FlowCapacity}},"flowTableBytes":{{pipeline.Region.Layout.FlowTableBytes}},"flowMisses":{{totals.FlowMisses}},"flowsInserted":{{totals.FlowsInserted}},"flowsDisplaced":{{totals.FlowsDisplaced}}}
            """);
    }
}
