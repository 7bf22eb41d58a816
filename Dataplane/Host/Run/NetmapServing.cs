using RustyRail.Dataplane.Forwarding;
using RustyRail.Dataplane.Forwarding.Steering;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Netmap;
using RustyRail.Dataplane.Ports.Offloads;
using RustyRail.Dataplane.Ports.Tun;

namespace RustyRail.Dataplane.Host.Run;

/// <summary><c>netmap</c>: the device with its host's rings, or a port without a device (VALE, pipe).</summary>
internal sealed class NetmapServing : IOpenedPort
{
    private readonly PortRequest _request;
    private readonly NetmapDevice[] _opened;
    private readonly NetmapHostWays _ways = new();
    private readonly DeviceOffloads? _offloads;
    private readonly HostEntry? _held;

    public NetmapServing(PortRequest request)
    {
        _request = request;
        NetmapOptions options = new() { Port = request.Device, Ring = request.Queue, WakeFd = request.Wake.Descriptor };
        _opened = Open(options);
        try
        {
            if (options.IsVirtual) return;
            Leftovers.RemoveHostFilter(request.Device);
            _offloads = Leftovers.SwitchOff(request, DeviceOffloads.LeavesWork, "so that some packets of this host may be lost");
            _held = HoldVipDevice(request.Device, options.BindPatience);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int Serve(string note)
    {
        PortRequest.Warn(_opened.SelectMany(opened => opened.Warnings()));
        WarnOfIdleRings();
        string port = _opened[0].Describe();
        Serving serving = new(_request, "netmap", note.Length == 0 ? port : $"{port}; {note}");
        return serving.Run([.. _opened.Select(opened => new NetmapPort(opened))], new NetmapSteering(_opened));
    }

    public void Dispose()
    {
        _held?.Dispose();
        // Out of netmap first: with offloads on, the host's packets must no longer come by the rings.
        foreach (NetmapDevice opened in _opened) opened.Dispose();
        _ways.Dispose();
        int lost = _opened.Sum(opened => opened.LostBuffers);
        if (lost > 0) PortRequest.Warn($"{_request.Device}: {lost} netmap buffers are not where they should be");
        _offloads?.Dispose();
    }

    /// <summary>All rings for one worker, or a pair for each.</summary>
    private NetmapDevice[] Open(NetmapOptions options)
    {
        WorkerPlan plan = _request.Plan;
        if (plan.IsSteered) return [NetmapOpening.Open(options with { AwayFrames = SteeredWorkers<NetmapPort>.MostAway(plan.Workers) + (2 * Forwarder.BatchSize) })];
        if (plan.Workers == 1) return [NetmapOpening.Open(options)];
        List<NetmapDevice> opened = [];
        try
        {
            foreach (NetmapOptions one in _ways.For(options, plan.Workers))
            {
                opened.Add(NetmapOpening.Open(one));
                int rings = opened[0].DeviceRings;
                if (rings < plan.Workers) throw new PortException($"{_request.Device}: {plan.Workers} workers ask for a ring pair each, the device has {rings}: fewer workers, or --steering steer");
            }

            return [.. opened];
        }
        catch
        {
            foreach (NetmapDevice one in opened) one.Dispose();
            _ways.Dispose();
            throw;
        }
    }

    private void WarnOfIdleRings()
    {
        int rings = _opened[0].DeviceRings, served = _opened.Sum(opened => opened.Queue.ReceiveRings);
        if (rings > served) PortRequest.Warn($"{_request.Device}: {rings} ring pairs, {served} served: packets that come by the others are not balanced: ethtool -L {_request.Device} combined {served}");
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
            PortRequest.Warn($"{device}: its VIPs cannot be announced by routes: {e.Message}");
            return null;
        }
    }
}
