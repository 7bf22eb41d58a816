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
    private readonly NetmapDevice _opened;
    private readonly DeviceOffloads? _offloads;
    private readonly HostEntry? _held;

    public NetmapServing(PortRequest request)
    {
        _request = request;
        NetmapOptions options = new() { Port = request.Device, Ring = request.Queue, WakeFd = request.Wake.Descriptor };
        _opened = NetmapOpening.Open(options);
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
        PortRequest.Warn(_opened.Warnings());
        string port = _opened.Describe();
        Serving serving = new(_request.Region, "netmap", _request.Device, note.Length == 0 ? port : $"{port}; {note}");
        return serving.Run(new NetmapPort(_opened), new NetmapSteering(_opened), _request.Wake);
    }

    public void Dispose()
    {
        _held?.Dispose();
        // Out of netmap first: with offloads on, the host's packets must no longer come by the rings.
        _opened.Dispose();
        if (_opened.LostBuffers > 0) PortRequest.Warn($"{_request.Device}: {_opened.LostBuffers} netmap buffers are not where they should be");
        _offloads?.Dispose();
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
