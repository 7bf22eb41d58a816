using System.CommandLine;
using RustyRail.Contract.Region;
using RustyRail.Contract.Specification;
using RustyRail.Dataplane.Host;

namespace RustyRail.Lab.NetmapLoad;

/// <summary><c>paper</c>: a region whose backends are all healthy and reachable, as in replay, for a dataplane without a control plane.</summary>
internal static class PaperCommand
{
    private static readonly Option<FileInfo> Config = new("--config") { Description = "services.json", Required = true };
    private static readonly Option<FileInfo> Region = new("--region") { Description = "file to make, on tmpfs", Required = true };

    public static Command Create()
    {
        Command command = new("paper", "Make a region without a control plane") { Config, Region };
        command.SetAction(Execute);
        return command;
    }

    private static int Execute(ParseResult arguments)
    {
        ParsedSpecification parsed = SpecificationParser.ParseFile(arguments.GetRequiredValue(Config).ToString(), SpecificationLimits.Default);
        if (parsed.Spec is not { } spec)
        {
            foreach (object error in parsed.Errors) Console.Error.WriteLine($"netmap-load: {error}");
            return 2;
        }

        using RegionFile region = RegionFile.Create(arguments.GetRequiredValue(Region).FullName, RegionCapacities.Default with { FlowsPerWorker = 1 << 18 });
        PaperNetwork.PublishInto(region, spec);
        return 0;
    }
}
