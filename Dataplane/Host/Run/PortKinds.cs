using RustyRail.Contract.Region;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports;

namespace RustyRail.Dataplane.Host.Run;

/// <summary>From the port's name to the loop specialised for it.</summary>
internal static class PortKinds
{
    /// <summary>In the order in which <c>auto</c> tries them.</summary>
    private static readonly (string Name, Func<PortRequest, IOpenedPort> Open)[] _kinds =
    [
        ("netmap", request => new NetmapServing(request)),
        ("af_xdp", request => new AfXdpServing(request)),
        ("af_packet", request => new AfPacketServing(request)),
    ];

    /// <param name="queue">Null: the port's own idea of all there is.</param>
    public static int Run(string kind, string device, int? queue, WorkerPlan plan, RegionFile region)
    {
        using WakeEvent wake = new();
        PortRequest request = new(device, queue, plan, region, wake);
        if (kind == "auto") return RunFirst(request);
        foreach ((string name, Func<PortRequest, IOpenedPort> open) in _kinds)
        {
            if (name != kind) continue;
            using IOpenedPort port = open(request);
            return port.Serve(note: "");
        }

        return CommandLine.Refuse($"--port {kind}: unknown; auto, netmap, af_xdp or af_packet");
    }

    /// <summary>The first that this machine and this device allow; the note says why not the others.</summary>
    private static int RunFirst(PortRequest request)
    {
        List<string> refusals = [];
        foreach ((string name, Func<PortRequest, IOpenedPort> open) in _kinds)
        {
            IOpenedPort port;
            try
            {
                port = open(request);
            }
            catch (Exception e) when (e is PortException or NativeException)
            {
                refusals.Add($"not {name}: {e.Message.Replace($"{request.Device}: ", "", StringComparison.Ordinal)}");
                continue;
            }

            using (port) return port.Serve(string.Join("; ", refusals));
        }

        throw new PortException($"{request.Device}: no port takes this device: {string.Join("; ", refusals)}");
    }
}
