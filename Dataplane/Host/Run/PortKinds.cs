using RustyRail.Contract.Region;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.AfXdp;
using RustyRail.Dataplane.Ports.Netmap;
using RustyRail.Dataplane.Ports.Offloads;
using RustyRail.Dataplane.Ports.Tun;

namespace RustyRail.Dataplane.Host.Run;

/// <summary>From the port's name to the loop specialised for it.</summary>
internal static class PortKinds
{
    private static readonly string[] Known = ["auto", "netmap", "af_xdp", "af_packet"];

    /// <param name="queue">Null: the port's own idea of all there is.</param>
    public static int Run(string kind, string device, int? queue, RegionFile region)
    {
        switch (kind)
        {
            case "netmap":
                return RunNetmap(device, queue, region);
            case "af_xdp":
                return RunAfXdp(device, queue, region, note: "");
            case "auto":
                return RunFirst(device, queue, region);
            default:
                string problem = Known.Contains(kind) ? "not built yet; netmap and af_xdp are" : "unknown; auto, netmap or af_xdp";
                return CommandLine.Refuse($"--port {kind}: {problem}");
        }
    }

    /// <summary>The first that this machine and this device allow; the note says why not the others.</summary>
    private static int RunFirst(string device, int? queue, RegionFile region)
    {
        using WakeEvent wake = new();
        NetmapOptions options = OptionsOf(device, queue, wake);
        NetmapDevice opened;
        try
        {
            opened = NetmapOpening.Open(options);
        }
        catch (Exception e) when (e is PortException or NativeException)
        {
            return RunAfXdp(device, queue, region, note: $"not netmap: {e.Message.Replace($"{device}: ", "", StringComparison.Ordinal)}");
        }

        return RunOpened(opened, options, region, wake);
    }

    private static int RunNetmap(string device, int? ring, RegionFile region)
    {
        using WakeEvent wake = new();
        NetmapOptions options = OptionsOf(device, ring, wake);
        return RunOpened(NetmapOpening.Open(options), options, region, wake);
    }

    private static NetmapOptions OptionsOf(string device, int? ring, WakeEvent wake) => new() { Port = device, Ring = ring, WakeFd = wake.Descriptor };

    private static int RunOpened(NetmapDevice opened, NetmapOptions options, RegionFile region, WakeEvent wake)
    {
        string device = options.Port;
        DeviceOffloads? offloads = null;
        try
        {
            if (!options.IsVirtual) offloads = SwitchOff(device, region);
            Warn(opened.Warnings());
            using HostEntry? held = options.IsVirtual ? null : HoldVipDevice(device, options.BindPatience);
            Serving serving = new(region, "netmap", device, opened.Describe());
            return serving.Run(new NetmapPort(opened), new NetmapSteering(opened), wake);
        }
        finally
        {
            // Out of netmap first: with offloads on, the host's packets must no longer come by the rings.
            opened.Dispose();
            if (opened.LostBuffers > 0) Warn([$"{device}: {opened.LostBuffers} netmap buffers are not where they should be"]);
            offloads?.Dispose();
        }
    }

    // AF_XDP has it for its way to the host. Here it only stands for this process's life: routes to the VIPs go with it.
    private static HostEntry? HoldVipDevice(string device, TimeSpan patience)
    {
        using NetDevice held = NetDevice.Find(device);
        try
        {
            return HostEntry.Open(HostEntry.NameFor(held.Index), patience);
        }
        catch (Exception e) when (e is NativeException or PortException)
        {
            Warn([$"{device}: its VIPs cannot be announced by routes: {e.Message}"]);
            return null;
        }
    }

    private static DeviceOffloads SwitchOff(string device, RegionFile region)
    {
        try
        {
            DeviceOffloads offloads = DeviceOffloads.SwitchOff(device, StateDirectory(region));
            if (offloads.StillOn.Count > 0) Warn([$"{device}: stays on, so that some packets of this host may be lost: {string.Join(", ", offloads.StillOn)}"]);
            return offloads;
        }
        catch (NativeException e)
        {
            throw new PortException($"{device}: its offloads cannot be switched off: {e.Message}", e);
        }
    }

    private static int RunAfXdp(string device, int? queue, RegionFile region, string note)
    {
        RestoreOffloads(device, region);
        using WakeEvent wake = new();
        using AfXdpDevice opened = AfXdpPort.Open(new AfXdpOptions { Device = device, Queue = queue ?? 0, WakeFd = wake.Descriptor }).Device;
        Warn(opened.Warnings());
        Serving serving = new(region, "af_xdp", device, $"{opened.Describe()}{(note.Length == 0 ? "" : "; ")}{note}");
        return serving.Run(new AfXdpPort(opened), new AfXdpSteering(opened), wake);
    }

    // A netmap port of this state directory may have been killed together with its supervisor.
    private static void RestoreOffloads(string device, RegionFile region)
    {
        try
        {
            DeviceOffloads.Restore(StateDirectory(region));
        }
        catch (NativeException e)
        {
            Warn([$"{device}: offloads of an earlier run are not restored: {e.Message}"]);
        }
    }

    private static string StateDirectory(RegionFile region) => Path.GetDirectoryName(Path.GetFullPath(region.Path))!;

    private static void Warn(IEnumerable<string> warnings)
    {
        foreach (string warning in warnings) Console.Out.WriteLine($"{DateTime.UtcNow:u} warning: {warning}");
    }
}
