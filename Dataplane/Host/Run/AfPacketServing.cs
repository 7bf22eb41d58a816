using RustyRail.Dataplane.Ports;
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
        if (request.Plan.Ports > 1) throw new PortException($"{request.Device}: af_packet gives all frames to one worker: --steering steer shares them out to the others");
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
        Serving serving = new(_request, "af_packet", note.Length == 0 ? port : $"{port}; {note}");
        return serving.Run([new AfPacketPort(_opened)], new AfPacketSteering(_opened));
    }

    public void Dispose()
    {
        _opened.Dispose();
        _offloads?.Dispose();
    }
}
