using System.CommandLine;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Host;
using RustyRail.Dataplane.Host.Bench;
using RustyRail.Dataplane.Host.Decap;
using RustyRail.Dataplane.Host.Explain;
using RustyRail.Dataplane.Host.Generate;
using RustyRail.Dataplane.Host.Replay;
using RustyRail.Dataplane.Host.Run;
using RustyRail.Dataplane.Ports;

RootCommand root = new("RustyRail's packet workers, and the tools that use their pipeline")
{
    RunCommand.Create(),
    ReplayCommand.Create(),
    BenchCommand.Create(),
    ExplainCommand.Create(),
    DecapCommand.Create(),
    GenerateCommand.Create(),
};

try
{
    return CommandLine.Invoke(root, args);
}
catch (Exception e) when (e is RegionException or PortException)
{
    return CommandLine.Refuse(e.Message);
}
