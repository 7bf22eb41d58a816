using RustyRail.Dataplane.Ports.AfPacket;
using RustyRail.Dataplane.Ports.Offloads;

namespace RustyRail.Dataplane.Host.Run;

/// <summary><c>af_packet</c>: any Ethernet device, at the cost of a copy each way. What came by all its queues is one worker's.</summary>
internal sealed class AfPacketServing : IOpenedPort
{
    private readonly PortRequest _request;
    private readonly AfPacketDevice _opened;
    private readonly DeviceOffloads? _offloads;

    public AfPacketServing(PortRequest request)
    {
        _request = request;
        _opened = AfPacketPort.Open(new AfPacketOptions { Device = request.Device, WakeFd = request.Wake.Descriptor }).Device;
        try
        {
            _offloads = Leftovers.TrySwitchOff(request, DeviceOffloads.MergesSegments, "so that merged packets are lost");
        }
        catch
        {
            _opened.Dispose();
            throw;
        }
    }

    public int Serve(string note)
    {
        PortRequest.Warn(_opened.Warnings());
        string port = _opened.Describe();
        Serving serving = new(_request.Region, "af_packet", _request.Device, note.Length == 0 ? port : $"{port}; {note}");
        return serving.Run(new AfPacketPort(_opened), new AfPacketSteering(_opened), _request.Wake);
    }

    public void Dispose()
    {
        _opened.Dispose();
        _offloads?.Dispose();
    }
}
