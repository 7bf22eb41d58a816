using System.CommandLine;
using RustyRail.Contract.Region;

namespace RustyRail.Dataplane.Host.Run;

/// <summary><c>run</c>: the packet workers of one device. Started by rustyrail, or by a service manager of its own.</summary>
internal static class RunCommand
{
    private static readonly Option<string> RegionPath = new("--region") { Description = "the region file that the control plane made", Required = true };
    private static readonly Option<string> Device = new("--device") { Description = "network interface; with netmap also a VALE port or a pipe", Required = true };
    private static readonly Option<string> Port = new("--port") { Description = "auto, netmap, af_xdp or af_packet", DefaultValueFactory = _ => "auto" };
    private static readonly Option<int?> Queue = new("--queue") { Description = "receive queue of a single worker, or of one that steers; if not said, all for netmap, for af_xdp the first, or all to steer; af_packet always has all" };
    private static readonly Option<int> Workers = new("--workers") { Description = "packet threads; the region must have been made for as many", DefaultValueFactory = _ => 1 };
    private static readonly Option<string> Steering = new("--steering") { Description = "how packets come to several workers: rss, by queues of the device; steer, the first hands them to the others by their flow", DefaultValueFactory = _ => WorkerPlan.Rss };

    public static Command Create()
    {
        Command command = new("run", "Move packets until SIGTERM") { RegionPath, Device, Port, Queue, Workers, Steering };
        command.SetAction(Execute);
        return command;
    }

    private static int Execute(ParseResult arguments)
    {
        string path = arguments.GetRequiredValue(RegionPath);
        using RegionFile region = RegionFile.Open(path);
        if (!region.TryLock(RegionRole.Dataplane)) return CommandLine.Refuse($"{path}: another rustyrail-dataplane serves this region");
        WorkerPlan plan = new(arguments.GetValue(Workers), arguments.GetValue(Steering)!);
        int? queue = arguments.GetValue(Queue);
        return plan.Problem(region, queue) is { } problem
            ? CommandLine.Refuse(problem)
            : PortKinds.Run(arguments.GetValue(Port)!, arguments.GetRequiredValue(Device), queue, plan, region);
    }
}
