using RustyRail.Dataplane.Forwarding.Steering;
using RustyRail.Dataplane.Ports.AfXdp;

namespace RustyRail.Dataplane.Host.Run;

/// <summary><c>af_xdp</c>: a queue of the device for each worker, or all of them for the one that steers.</summary>
internal sealed class AfXdpServing : IOpenedPort
{
    private readonly PortRequest _request;
    private readonly AfXdpDevice _opened;

    public AfXdpServing(PortRequest request)
    {
        _request = request;
        Leftovers.RestoreOffloads(request);
        _opened = AfXdpOpening.Open(OptionsOf(request));
        Leftovers.RemoveHostFilter(request.Device);
    }

    public int Serve(string note)
    {
        PortRequest.Warn(_opened.Warnings());
        string port = _opened.Describe();
        WorkerPlan plan = _request.Plan;
        Serving serving = new(_request, "af_xdp", note.Length == 0 ? port : $"{port}; {note}");
        AfXdpSteering steering = new(_opened, plan.Ports);
        if (_opened.Queues.Length > plan.Ports) return serving.Run([new AfXdpQueuesPort(_opened, _request.Wake.Descriptor)], steering);
        return serving.Run([.. Enumerable.Range(0, plan.Ports).Select(queue => new AfXdpPort(_opened, queue))], steering);
    }

    public void Dispose() => _opened.Dispose();

    private static AfXdpOptions OptionsOf(PortRequest request)
    {
        AfXdpOptions options = new() { Device = request.Device, Queue = request.Queue ?? 0, WakeFd = request.Wake.Descriptor };
        if (!request.Plan.IsSteered) return options with { Queues = request.Plan.Workers };
        int away = SteeredWorkers<AfXdpPort>.MostAway(request.Plan.Workers);
        return options with { Queues = request.Queue is null ? null : 1, LoanedFrames = options.LoanedFrames + away };
    }
}
