using System.CommandLine;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports;
using RustyRail.Lab.NetmapLoad;

RootCommand root = new("Traffic over netmap ports, for tests and measurements")
{
    PaperCommand.Create(),
    PassCommand.Create(),
    GoldenCommand.Create(),
    BuffersCommand.Create(),
};

try
{
    return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception e) when (e is RegionException or PortException or NativeException)
{
    Console.Error.WriteLine($"netmap-load: {e.Message}");
    return 2;
}
