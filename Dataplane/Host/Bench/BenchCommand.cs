using System.CommandLine;
using RustyRail.Contract.Hashing;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Dataplane.Host.Run;

namespace RustyRail.Dataplane.Host.Bench;

/// <summary><c>bench</c>: the pipeline on frames in memory, one core; the time includes the copy that stands for a NIC.</summary>
internal static class BenchCommand
{
    private static readonly BenchOptions Usual = new();
    private static readonly Dictionary<string, int> Hashes = new() { ["multiply-mix"] = FlowHashKey.MultiplyMix, ["siphash-1-3"] = FlowHashKey.SipHash13 };

    private static readonly Option<int> Flows = Number("--flows", "flows", Usual.Flows, 1, BenchOptions.MostFlows);
    private static readonly Option<long> Packets = Number("--packets", "packets in each round, after a warm-up", Usual.Packets, Forwarder.BatchSize, long.MaxValue);
    private static readonly Option<int> Rounds = Number("--rounds", "rounds, of which the median counts", Usual.Rounds, 1, BenchOptions.MostRounds);
    private static readonly Option<int> Backends = Number("--backends", "backends in the pool", Usual.Backends, 1, RegionCapacities.Default.Backends);
    private static readonly Option<string> Distribution = new("--distribution") { Description = "how packets spread over the flows: uniform, or zipf (1.1)", DefaultValueFactory = _ => "uniform" };
    private static readonly Option<bool> Plain = new("--plain") { Description = "plain packets to encapsulate, instead of GRE to rewrite" };
    private static readonly Option<bool> Ipv6 = new("--ipv6") { Description = "GRE over IPv4 with IPv6 inside" };
    private static readonly Option<bool> Syn = new("--syn") { Description = "SYNs instead of established flows: nearly every packet opens another flow, in a table that stays full" };
    private static readonly Option<bool> Fill = new("--fill") { Description = "every flow once, into an empty table whose stated capacity they are; with --syn its SYN" };
    private static readonly Option<bool> NicOnly = new("--nic-only") { Description = "only the copy that stands for a NIC" };
    private static readonly Option<string> Hash = new("--hash") { Description = "the flows' hash: multiply-mix or siphash-1-3", DefaultValueFactory = _ => Hashes.Keys.First() };
    private static readonly Option<bool> NoFlowTable = new("--no-flow-table") { Description = "write no flow down: each packet goes by its pool's Maglev table" };
    private static readonly Option<bool> CheckRouting = new("--check-routing") { Description = "instead of the time: does every packet go to its flow's first backend, while half of the backends are drained in turns?" };
    private static readonly Option<bool> Frames = new("--frames") { Description = "instead of the time: backend and bytes of each packet that leaves" };
    private static readonly Option<FileInfo?> Save = new("--save") { Description = "instead of the time: write tables and traffic to a file, for bench/reference" };
    private static readonly Option<int> Workers = Number("--workers", "workers that forward together: packets a second instead of the time of one", 1, 1, RegionCapacities.MaxWorkers);
    private static readonly Option<string> Steering = new("--steering") { Description = "how packets come to several workers: rss, a queue each; steer, the first hands them to the others by their flow", DefaultValueFactory = _ => WorkerPlan.Rss };
    private static readonly Option<bool> Json = new("--json") { Description = "one JSON object" };

    public static Command Create()
    {
        Distribution.AcceptOnlyFromAmong("uniform", "zipf");
        Hash.AcceptOnlyFromAmong([.. Hashes.Keys]);
        Steering.AcceptOnlyFromAmong(WorkerPlan.Rss, WorkerPlan.Steer);
        Command command = new("bench", "Time the pipeline in memory")
        {
            Flows, Distribution, Packets, Rounds, Backends, Plain, Ipv6, Syn, Fill, Hash, NoFlowTable, NicOnly, CheckRouting, Frames, Save, Workers, Steering, Json,
        };
        command.SetAction(Execute);
        return command;
    }

    private static int Execute(ParseResult arguments)
    {
        BenchOptions options = Parse(arguments);
        if (arguments.GetValue(CheckRouting)) return RoutingCheck.Run(options, arguments.GetValue(Json));
        WorkerPlan plan = new(arguments.GetValue(Workers), arguments.GetRequiredValue(Steering));
        if (plan.Workers > 1)
        {
            return options is { HasFlowTable: true, IsFill: false, IsNicOnly: false } && !arguments.GetValue(Frames) && arguments.GetValue(Save) is null
                ? CrewTimes.Measure(options, plan, arguments.GetValue(Json))
                : CommandLine.Refuse($"bench: --workers {plan.Workers}: several are timed with their flow tables, forwarding, and nothing else");
        }

        if (options.Frame.IsIpv6 && (arguments.GetValue(Plain) || arguments.GetValue(Frames) || arguments.GetValue(Save) is not null))
            return CommandLine.Refuse("bench: --ipv6: not with --plain, --frames or --save; the reference in C has IPv4 alone");
        using BenchPipeline pipeline = new(options);
        if (arguments.GetValue(Frames)) return LeavingFrames.Print(pipeline, options.Packets);
        if (arguments.GetValue(Save) is not { } file) return BenchTimes.Measure(pipeline, options, arguments.GetValue(Json));
        SavedBench.Write(file.FullName, pipeline, options);
        return 0;
    }

    private static BenchOptions Parse(ParseResult arguments)
    {
        BenchFrame frame = arguments.GetValue(Ipv6) ? BenchFrame.Ipv6Gre() : arguments.GetValue(Plain) ? BenchFrame.Plain() : BenchFrame.Gre();
        BenchOptions options = new()
        {
            Flows = arguments.GetValue(Flows),
            Distribution = arguments.GetValue(Distribution) == "zipf" ? FlowDistribution.Zipf : FlowDistribution.Uniform,
            Packets = arguments.GetValue(Packets),
            Rounds = arguments.GetValue(Rounds),
            Backends = arguments.GetValue(Backends),
            Frame = arguments.GetValue(Syn) ? frame.AsSyn() : frame,
            IsSyn = arguments.GetValue(Syn),
            IsNicOnly = arguments.GetValue(NicOnly),
            Hash = Hashes[arguments.GetRequiredValue(Hash)],
            HasFlowTable = !arguments.GetValue(NoFlowTable),
        };
        return arguments.GetValue(Fill) ? options with { IsFill = true, Packets = options.Flows, Rounds = 1 } : options;
    }

    private static Option<T> Number<T>(string name, string description, T usual, T least, T most)
        where T : IComparable<T>
    {
        Option<T> option = new(name) { Description = description, DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            T value = result.GetValueOrDefault<T>()!;
            if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0) result.AddError($"{name} must be {least} to {most}");
        });
        return option;
    }
}
