using System.Diagnostics;
using System.Globalization;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Host.Run;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Memory;
using RustyRail.Dataplane.Ports.Steering;

namespace RustyRail.Dataplane.Host.Bench;

/// <summary>Packets a second that several workers forward together, on threads and processors as <c>run</c> has them.</summary>
internal sealed unsafe class CrewTimes : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1), RoundLength = TimeSpan.FromSeconds(1);

    private readonly BenchOptions _options;
    private readonly WorkerPlan _plan;
    private readonly RegionFile _region;
    private readonly RegionView _view;
    private readonly WakeEvent _wake = new();
    private readonly ManualResetEventSlim _ended = new();
    private readonly MemoryWire[] _wires;
    private readonly Crew _crew;

    /// <exception cref="RegionException">No memory for that many workers.</exception>
    private CrewTimes(BenchOptions options, WorkerPlan plan)
    {
        _options = options;
        _plan = plan;
        _region = PaperNetwork.Publish(options.Catalogue(), options.Capacities(options.FlowCapacity) with { Workers = plan.Workers }, options.Hash);
        _region.Populate();
        _view = new RegionView(_region);
        _wires = [.. Enumerable.Range(0, plan.Ports).Select(_ => WireOf(options, plan))];
        MemoryPort[] ports = [.. _wires.Select(wire => new MemoryPort(wire))];
        _crew = plan.IsSteered ? Crew.Steered(_view, plan.Workers, ports[0], deviceMac: 0, _wake) : Crew.OnPorts(_view, ports, deviceMac: 0);
    }

    /// <summary>Exit code: 1 if a packet was not forwarded.</summary>
    public static int Measure(BenchOptions options, WorkerPlan plan, bool json)
    {
        using CrewTimes times = new(options, plan);
        return times.Measure(json);
    }

    public void Dispose()
    {
        _crew.Dispose();
        foreach (MemoryWire wire in _wires) wire.Dispose();
        _ended.Dispose();
        _wake.Dispose();
        _region.Dispose();
    }

    private static MemoryWire WireOf(BenchOptions options, WorkerPlan plan)
    {
        // No more than a ring between workers holds: what is too much waits at the wire, instead of being dropped on the way.
        int buffers = plan.IsSteered ? HandoverRing.DefaultCapacity : MemoryWire.DefaultBuffers;
        BenchFrame frame = options.Frame;
        MemoryWire wire = new(buffers) { Capture = false, Flows = frame.Variation(options.DrawnFlows, options.Draws()) };
        wire.Enqueue(frame.Bytes);
        wire.Repeat(long.MaxValue);
        return wire;
    }

    private int Measure(bool json)
    {
        double[] mpps = new double[_options.Rounds];
        _crew.Start(onEnd: _ended.Set);
        bool isWarm = SpinWait.SpinUntil(() => Totals().Forwarded >= (ulong)(_options.WarmUp * _plan.Ports), Patience);
        for (int round = 0; isWarm && round < mpps.Length; round++) mpps[round] = RunRound();
        _crew.Stop();
        _crew.Join();
        Array.Sort(mpps);
        Console.Out.WriteLine(json ? Json(mpps) : Text(mpps));
        (ulong received, ulong forwarded) = Totals();
        if (isWarm && received == forwarded) return 0;
        Console.Error.WriteLine(isWarm ? $"rustyrail-dataplane: bench: {received - forwarded} packets were not forwarded" : "rustyrail-dataplane: bench: the flows were not all there after a minute");
        return 1;
    }

    private double RunRound()
    {
        ulong before = Totals().Forwarded;
        long start = Stopwatch.GetTimestamp();
        _ended.Wait(RoundLength);
        return (Totals().Forwarded - before) / Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    private (ulong Received, ulong Forwarded) Totals()
    {
        (ulong received, ulong forwarded) = (0, 0);
        for (int worker = 0; worker < _plan.Workers; worker++)
        {
            WorkerCounterBlock* counters = _view.Counters(worker);
            received += Volatile.Read(ref counters->Received);
            forwarded += Volatile.Read(ref counters->Forwarded);
        }

        return (received, forwarded);
    }

    private string Text(double[] sorted) => string.Create(CultureInfo.InvariantCulture,
        $"{sorted[sorted.Length / 2]:F1} Mpps (min {sorted[0]:F1}, max {sorted[^1]:F1}) by {_plan.Workers} workers, {_plan.Steering}; {_options.DrawnFlows} flows");

    private string Json(double[] sorted) => string.Create(CultureInfo.InvariantCulture, $$"""
        {"mpps":{{sorted[sorted.Length / 2]:F2}},"mppsMin":{{sorted[0]:F2}},"mppsMax":{{sorted[^1]:F2}},"workers":{{_plan.Workers}},"steering":"{{_plan.Steering}}","flows":{{_options.DrawnFlows}},"rounds":{{_options.Rounds}}}
        """);
}
