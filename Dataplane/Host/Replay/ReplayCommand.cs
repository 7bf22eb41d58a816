using System.CommandLine;
using RustyRail.Contract.Region;
using RustyRail.Contract.Specification;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Pcap;

namespace RustyRail.Dataplane.Host.Replay;

/// <summary><c>replay</c>: a capture through the real pipeline, no network; what happens to each packet, and why.</summary>
internal static class ReplayCommand
{
    private static readonly Option<FileInfo> Config = new("--config") { Description = "services.json; all its backends count as healthy", Required = true };
    private static readonly Option<FileInfo> In = new("--in") { Description = "capture to read (pcap, Ethernet)", Required = true };
    private static readonly Option<FileInfo?> Out = new("--out") { Description = "capture to write what leaves to: forwarded packets and answers" };
    private static readonly Option<bool> Json = new("--json") { Description = "one JSON object per packet" };

    public static Command Create()
    {
        Command command = new("replay", "Send a capture through the pipeline and show each packet's verdict") { Config, In, Out, Json };
        command.SetAction(Execute);
        return command;
    }

    private static int Execute(ParseResult arguments)
    {
        string config = arguments.GetRequiredValue(Config).ToString();
        ParsedSpecification parsed = SpecificationParser.ParseFile(config, SpecificationLimits.Default);
        if (parsed.Spec is not { } spec) return CommandLine.Refuse(parsed.Errors.Select(error => error.ToString()));
        using RegionFile region = PaperNetwork.Publish(spec, RegionCapacities.Default with { FlowsPerWorker = 1 << 16 });
        using PcapWire wire = PcapWire.Open(arguments.GetRequiredValue(In).ToString(), arguments.GetValue(Out)?.ToString());
        Forwarder forwarder = new(new RegionView(region), worker: 0, deviceMac: 0);
        Worker<PcapPort> worker = new(new PcapPort(wire), forwarder);
        using ReplayPrinter printer = new(forwarder, arguments.GetValue(Json));
        while (wire.IsOpen)
        {
            int packets = worker.Turn(RegionFile.Now);
            for (int i = 0; i < packets; i++) printer.Print(forwarder.WorkAt(i));
        }

        return 0;
    }
}
