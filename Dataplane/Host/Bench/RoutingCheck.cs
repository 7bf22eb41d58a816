using System.Diagnostics;
using System.Globalization;
using RustyRail.Contract.Region;
using RustyRail.Contract.Specification;
using RustyRail.Dataplane.Forwarding;

namespace RustyRail.Dataplane.Host.Bench;

/// <summary>
/// <c>bench --check-routing</c>: packets of established flows while the table changes under them. Each change drains another half of the
/// backends, so that the new table would send about half of the flows elsewhere; their entries must keep them.
/// </summary>
internal static class RoutingCheck
{
    private const int Changes = 128;
    private const long LeastBetweenChanges = 1 << 16;

    /// <summary>Exit code: 1 if a packet was misrouted or not forwarded.</summary>
    public static int Run(BenchOptions options, bool json)
    {
        // Room for twice the flows: a bucket pair that is full ends a flow by right, and there is next to none.
        RoutingResult result = Measure(options, (int)System.Numerics.BitOperations.RoundUpToPowerOf2(2 * (uint)options.Flows));
        Console.Out.WriteLine(json ? result.Json : result.Text);
        return result.Misrouted == 0 && result.Forwarded == result.Packets ? 0 : 1;
    }

    /// <param name="capacity">Flows, a power of two.</param>
    public static RoutingResult Measure(BenchOptions options, int capacity)
    {
        RoutingWitness witness = new(options.Frame, options.Flows);
        using BenchPipeline pipeline = new(options, capacity);
        Worker<WitnessedPort> worker = new(new WitnessedPort(pipeline.Wire, witness), pipeline.Forwarder);
        long start = Stopwatch.GetTimestamp(), between = Math.Max(options.Packets / Changes, LeastBetweenChanges);
        int changes = 0;
        for (long left = options.Packets; left > 0; left -= between)
        {
            // The flows open under the table with all backends.
            if (left < options.Packets) PaperNetwork.PublishInto(pipeline.Region, options.Catalogue(HalfDrained(++changes)));
            long packets = Math.Min(between, left);
            pipeline.Wire.Repeat(packets);
            for (long done = 0; done < packets;) done += worker.Turn(RegionFile.Now);
        }

        return new RoutingResult
        {
            Packets = options.Packets,
            Flows = options.Flows,
            Changes = changes,
            Forwarded = pipeline.Wire.TransmittedFrames,
            Displaced = (long)pipeline.Totals.FlowsDisplaced,
            Rerouted = witness.Rerouted,
            Torn = witness.Torn,
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
        };
    }

    /// <summary>Another half at each change, and never all.</summary>
    private static Func<int, BackendState> HalfDrained(int change) => backend =>
    {
        uint mixed = ((uint)change * 0x9E37_79B9) ^ ((uint)backend * 0x85EB_CA6B);
        mixed = (mixed ^ (mixed >> 15)) * 0x2C1B_3C6D;
        return backend > 0 && (mixed >> 31) != 0 ? BackendState.Draining : BackendState.Active;
    };
}

/// <summary>What was seen of a number of packets.</summary>
internal sealed record RoutingResult
{
    public required long Packets { get; init; }
    public required int Flows { get; init; }
    public required int Changes { get; init; }
    public required long Forwarded { get; init; }

    /// <summary>Flows that gave way to others in a full pair of buckets: each may go elsewhere once.</summary>
    public required long Displaced { get; init; }
    public required long Rerouted { get; init; }
    public required long Torn { get; init; }
    public required double Seconds { get; init; }

    public long Misrouted => Math.Max(0, Rerouted - Displaced) + Torn;

    public string Text => string.Create(CultureInfo.InvariantCulture,
        $"{Misrouted} of {Forwarded} packets misrouted; {Flows} flows, {Changes} changes of the table, {Displaced} flows displaced, {Rerouted} packets rerouted, {Seconds:F0} s");

    public string Json => string.Create(CultureInfo.InvariantCulture, $$"""
        {"misrouted":{{Misrouted}},"packets":{{Packets}},"forwarded":{{Forwarded}},"flows":{{Flows}},"changes":{{Changes}},"displaced":{{Displaced}},"rerouted":{{Rerouted}},"torn":{{Torn}},"seconds":{{Seconds:F1}}}
        """);
}
