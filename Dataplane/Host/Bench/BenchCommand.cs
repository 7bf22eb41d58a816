using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using RustyRail.Contract;
using RustyRail.Contract.Region;
using RustyRail.Contract.Specification;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Dataplane.Ports.Memory;

namespace RustyRail.Dataplane.Host.Bench;

/// <summary><c>bench</c>: the pipeline on frames in memory, one core; the time includes the copy that stands for a NIC.</summary>
internal static class BenchCommand
{
    private const int Rounds = 5, EndlessFlows = int.MaxValue;

    private static readonly Option<int> Flows = new("--flows") { Description = "flows, uniformly random", DefaultValueFactory = _ => 65536 };
    private static readonly Option<long> Packets = new("--packets") { Description = "packets in each of 5 rounds, after one round of warm-up", DefaultValueFactory = _ => 2_000_000 };
    private static readonly Option<int> Backends = new("--backends") { Description = "backends in the pool", DefaultValueFactory = _ => 100 };
    private static readonly Option<bool> Plain = new("--plain") { Description = "plain packets to encapsulate, instead of GRE to rewrite" };
    private static readonly Option<bool> Syn = new("--syn") { Description = "SYNs instead of established flows: nearly every packet opens another flow, in a table that stays full" };
    private static readonly Option<bool> Json = new("--json") { Description = "one JSON object" };

    public static Command Create()
    {
        Command command = new("bench", "Time the pipeline in memory") { Flows, Packets, Backends, Plain, Syn, Json };
        foreach (Option<int> count in new[] { Flows, Backends })
        {
            count.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<int>() is < 1 or > 8_000_000) result.AddError($"{count.Name} must be 1 to 8000000");
            });
        }

        Packets.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long>() < Forwarder.BatchSize) result.AddError($"{Packets.Name} must be at least {Forwarder.BatchSize}");
        });
        command.SetAction(Execute);
        return command;
    }

    private static int Execute(ParseResult arguments)
    {
        bool syn = arguments.GetValue(Syn);
        int flows = syn ? EndlessFlows : arguments.GetValue(Flows), backends = arguments.GetValue(Backends);
        long packets = arguments.GetValue(Packets);
        if (backends > RegionCapacities.Default.Backends) return CommandLine.Refuse($"--backends: at most {RegionCapacities.Default.Backends}");
        // The stated capacity covers the flows; the table then is at most half full.
        int capacity = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(syn ? RegionCapacities.Default.FlowsPerWorker : flows, 1 << 16));
        using RegionFile region = PaperNetwork.Publish(Catalogue(backends), RegionCapacities.Default with { FlowsPerWorker = capacity });
        using MemoryWire wire = new() { Capture = false };
        BenchFrame frame = arguments.GetValue(Plain) ? BenchFrame.Plain() : BenchFrame.Gre();
        if (syn) frame.BecomeSyn();
        wire.Enqueue(frame.Bytes);
        wire.Flows = new FlowVariation(frame.SourceAddressAt, frame.SourcePortAt, flows);
        Worker<MemoryPort> worker = new(new MemoryPort(wire), new Forwarder(new RegionView(region), worker: 0, deviceMac: 0));
        return Measure(worker, wire, flows, packets, arguments.GetValue(Json));
    }

    private static int Measure(Worker<MemoryPort> worker, MemoryWire wire, int flows, long packets, bool json)
    {
        RunRound(worker, wire, flows == EndlessFlows ? Math.Max(packets, 2L * RegionCapacities.Default.FlowsPerWorker) : Math.Max(packets, 4L * flows));
        double[] nanoseconds = new double[Rounds];
        long transmitted = wire.TransmittedFrames;
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        for (int round = 0; round < Rounds; round++) nanoseconds[round] = RunRound(worker, wire, packets);
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        transmitted = wire.TransmittedFrames - transmitted;
        Array.Sort(nanoseconds);
        double median = nanoseconds[Rounds / 2];
        FormattableString text = json
            ? (FormattableString)$$"""{"nsPerPacket":{{median:F2}},"nsPerPacketMin":{{nanoseconds[0]:F2}},"nsPerPacketMax":{{nanoseconds[^1]:F2}},"mpps":{{1000 / median:F2}},"flows":{{flows}},"packets":{{packets}},"rounds":{{Rounds}},"batch":{{Forwarder.BatchSize}},"forwarded":{{transmitted}},"allocatedBytes":{{allocated}}}"""
            : $"{median:F1} ns/packet (min {nanoseconds[0]:F1}, max {nanoseconds[^1]:F1}), {1000 / median:F1} Mpps; {flows} flows, batch {Forwarder.BatchSize}, {allocated} bytes allocated";
        Console.Out.WriteLine(text.ToString(CultureInfo.InvariantCulture));
        if (transmitted == Rounds * packets) return 0;
        Console.Error.WriteLine($"rustyrail-dataplane: bench: {(Rounds * packets) - transmitted} packets were not forwarded");
        return 1;
    }

    private static double RunRound(Worker<MemoryPort> worker, MemoryWire wire, long packets)
    {
        wire.Repeat(packets);
        long start = Stopwatch.GetTimestamp();
        for (long done = 0; done < packets;) done += worker.Turn(RegionFile.Now);
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / packets;
    }

    private static CatalogueSpec Catalogue(int backends)
    {
        PoolId pool = new("bench");
        PoolSpec spec = new(pool, PoolSpec.DefaultTableSize, HealthSpec.None, 1, OnTooFew.KeepAll,
            ImmutableSortedDictionary<BackendId, BackendSpec>.Empty);
        for (int i = 0; i < backends; i++)
        {
            BackendId id = new(pool, $"backend{i:D5}");
            IPAddress address = new([10, 2, (byte)(i >> 8), (byte)i]);
            spec = spec with { Backends = spec.Backends.Add(id, new BackendSpec(id, address, BackendSpec.DefaultWeight, BackendState.Active)) };
        }

        ServiceId service = new("bench");
        ServiceSpec web = new(service, IPNetwork.Parse("10.1.0.1/32"), Protocol.Tcp, new PortRange(80, 80), pool, SendForm.Gre, Affinity.FiveTuple);
        return new CatalogueSpec(CatalogueSpec.Empty.Pools.Add(pool, spec), CatalogueSpec.Empty.Services.Add(service, web));
    }
}
