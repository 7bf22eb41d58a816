using System.Collections.Immutable;
using System.Globalization;
using RustyRail.ControlPlane.Configuration;
using RustyRail.ControlPlane.Native;

namespace RustyRail.ControlPlane.Supervision;

/// <summary>How to start the dataplane, and where it leaves its words.</summary>
internal sealed record DataplaneLaunch(string Program, ImmutableArray<string> Arguments, string Device, string LogPath)
{
    public static DataplaneLaunch For(StartPlan plan) => new(
        DataplaneProgram.Path,
        ["run", "--region", plan.State.Region, "--device", plan.Node.Device, "--port", PortKinds.Words.WordOf(plan.Node.Port), .. Workers(plan.Node)],
        plan.Node.Device,
        plan.State.Log);

    // One worker has nobody to share with.
    private static ImmutableArray<string> Workers(NodeOptions node) => node.Workers == 1
        ? []
        : ["--workers", node.Workers.ToString(CultureInfo.InvariantCulture), "--steering", Steerings.Words.WordOf(node.Steering)];

    public DataplaneProcess Start(long now)
    {
        var log = new DataplaneLog(LogPath);
        long before = log.Length;
        int pid = DetachedProcess.Start(Program, Arguments, LogPath);

        // A child stays a zombie until it is reaped, so its number is still its own here.
        return new DataplaneProcess(PidFd.TryOpen(pid)!, now, log, before);
    }
}
