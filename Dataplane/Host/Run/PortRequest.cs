using RustyRail.Contract.Region;
using RustyRail.Dataplane.Ports;

namespace RustyRail.Dataplane.Host.Run;

/// <summary>What is to be opened, whatever the kind of port.</summary>
/// <param name="Queue">Null: the port's own idea of all there is.</param>
/// <param name="Wake">Ends the wait of every worker that has a part of the device.</param>
internal sealed record PortRequest(string Device, int? Queue, WorkerPlan Plan, RegionFile Region, WakeEvent Wake)
{
    /// <summary>Where records of what was changed on the device outlive the process.</summary>
    public string StateDirectory => Path.GetDirectoryName(Path.GetFullPath(Region.Path))!;

    public static void Warn(params IEnumerable<string> warnings)
    {
        foreach (string warning in warnings) Console.Out.WriteLine($"{DateTime.UtcNow:u} warning: {warning}");
    }
}
