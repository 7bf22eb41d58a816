using RustyRail.Contract.Region;
using RustyRail.Dataplane.Ports.AfXdp;

namespace RustyRail.Dataplane.Host.Run;

/// <summary>From the port's name to the loop specialised for it.</summary>
internal static class PortKinds
{
    private static readonly string[] Known = ["auto", "netmap", "af_xdp", "af_packet"];

    public static int Run(string kind, string device, int queue, RegionFile region)
    {
        switch (kind)
        {
            case "af_xdp":
                return RunAfXdp(device, queue, region, note: "");
            case "auto":
                return RunAfXdp(device, queue, region, note: "netmap: not built yet");
            default:
                string problem = Known.Contains(kind) ? "not built yet; af_xdp is" : "unknown; auto or af_xdp";
                return CommandLine.Refuse($"--port {kind}: {problem}");
        }
    }

    private static int RunAfXdp(string device, int queue, RegionFile region, string note)
    {
        using WakeEvent wake = new();
        using AfXdpDevice opened = AfXdpPort.Open(new AfXdpOptions { Device = device, Queue = queue, WakeFd = wake.Descriptor }).Device;
        foreach (string warning in opened.Warnings()) Console.Out.WriteLine($"{DateTime.UtcNow:u} warning: {warning}");
        using Serving serving = new(region, "af_xdp", device, $"{opened.Describe()}{(note.Length == 0 ? "" : "; ")}{note}");
        return serving.Run(new AfXdpPort(opened), new AfXdpSteering(opened), wake);
    }
}
