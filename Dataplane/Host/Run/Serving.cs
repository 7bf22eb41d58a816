using System.Runtime.InteropServices;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Ports;

namespace RustyRail.Dataplane.Host.Run;

/// <summary>
/// A running dataplane: the workers on threads of their own, the housekeeper on this one. Ends by SIGTERM or SIGINT, or when a worker's part of the device is
/// gone. Holds the dataplane's lock on the region for as long as it lives.
/// </summary>
/// <param name="port">The kind.</param>
/// <param name="note">For status and log.</param>
internal sealed unsafe class Serving(PortRequest request, string port, string note)
{
    private readonly RegionView _view = new(request.Region);
    private volatile bool _hasEnded;

    /// <param name="ports">One for each worker, or the one of the worker that steers.</param>
    public int Run<TPort>(TPort[] ports, IPortSteering steering)
        where TPort : struct, IPort
    {
        request.Region.Populate();
        RegionEntry.TakeOver(_view, request.Plan.Workers);
        using Crew crew = request.Plan.IsSteered
            ? Crew.Steered(_view, request.Plan.Workers, ports[0], steering.ReadDeviceMac(), request.Wake)
            : Crew.OnPorts(_view, ports, steering.ReadDeviceMac());
        bool asked = false;
        void Ask(PosixSignalContext context)
        {
            context.Cancel = asked = true;
            End(crew);
        }

        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask);
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);
        Housekeeper housekeeper = new(_view, crew, steering, ports.Length);
        housekeeper.Turn();
        Announce();
        crew.Start(onEnd: () =>
        {
            _hasEnded = true;
            PublicationSignal.Send(_view.Header);
        });
        while (!_hasEnded)
        {
            PublicationSignal.Wait(_view.Header, housekeeper.Followed, Housekeeper.LookMilliseconds);
            housekeeper.Turn();
        }

        // One has ended: by the same signal as the others, or because its port is gone, and then theirs soon will be.
        End(crew);
        crew.Join();
        housekeeper.CountLost();
        if (!asked)
        {
            Console.Error.WriteLine($"rustyrail-dataplane: {request.Device}: {steering.ExplainEnd()}");
            return 1;
        }

        steering.GiveBack();
        Console.Out.WriteLine($"{DateTime.UtcNow:u} stopped");
        return 0;
    }

    private void End(Crew crew)
    {
        crew.Stop();
        request.Wake.Set();
    }

    private void Announce()
    {
        string all = $"{note}{request.Plan.Describe()}";
        RegionEntry.Announce(_view, port, request.Device, all, request.Plan.Workers);
        Console.Out.WriteLine($"{DateTime.UtcNow:u} serving {request.Device} by {port} ({all}), pid {Environment.ProcessId}");
    }
}
