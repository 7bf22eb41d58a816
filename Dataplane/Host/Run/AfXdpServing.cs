using RustyRail.Dataplane.Ports.AfXdp;

namespace RustyRail.Dataplane.Host.Run;

/// <summary><c>af_xdp</c>: one queue of a device.</summary>
internal sealed class AfXdpServing : IOpenedPort
{
    private readonly PortRequest _request;
    private readonly AfXdpDevice _opened;

    public AfXdpServing(PortRequest request)
    {
        _request = request;
        Leftovers.RestoreOffloads(request);
        _opened = AfXdpPort.Open(new AfXdpOptions { Device = request.Device, Queue = request.Queue ?? 0, WakeFd = request.Wake.Descriptor }).Device;
        Leftovers.RemoveHostFilter(request.Device);
    }

    public int Serve(string note)
    {
        PortRequest.Warn(_opened.Warnings());
        string port = _opened.Describe();
        Serving serving = new(_request.Region, "af_xdp", _request.Device, note.Length == 0 ? port : $"{port}; {note}");
        return serving.Run(new AfXdpPort(_opened), new AfXdpSteering(_opened), _request.Wake);
    }

    public void Dispose() => _opened.Dispose();
}
