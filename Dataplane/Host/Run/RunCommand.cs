using System.CommandLine;
using RustyRail.Contract.Region;

namespace RustyRail.Dataplane.Host.Run;

/// <summary><c>run</c>: the packet worker of one device. Started by rustyrail, or by a service manager of its own.</summary>
internal static class RunCommand
{
    private static readonly Option<string> RegionPath = new("--region") { Description = "the region file that the control plane made", Required = true };
    private static readonly Option<string> Device = new("--device") { Description = "network interface; with netmap also a VALE port or a pipe", Required = true };
    private static readonly Option<string> Port = new("--port") { Description = "auto, netmap, af_xdp or af_packet", DefaultValueFactory = _ => "auto" };
    private static readonly Option<int?> Queue = new("--queue") { Description = "receive queue; if not said, the first for af_xdp, all for netmap; af_packet always has all" };

    public static Command Create()
    {
        Command command = new("run", "Move packets until SIGTERM") { RegionPath, Device, Port, Queue };
        command.SetAction(Execute);
        return command;
    }

    private static int Execute(ParseResult arguments)
    {
        string path = arguments.GetRequiredValue(RegionPath);
        using RegionFile region = RegionFile.Open(path);
        if (!region.TryLock(RegionRole.Dataplane)) return CommandLine.Refuse($"{path}: another rustyrail-dataplane serves this region");
        return PortKinds.Run(arguments.GetValue(Port)!, arguments.GetRequiredValue(Device), arguments.GetValue(Queue), region);
    }
}
