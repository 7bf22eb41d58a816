using System.Runtime.InteropServices;
using System.Text;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Dataplane.Ports;

namespace RustyRail.Dataplane.Host.Run;

/// <summary>
/// A running dataplane: the worker on a thread of its own, the housekeeper on this one. Ends by SIGTERM or SIGINT, or when the device is
/// gone. Holds the dataplane's lock on the region for as long as it lives.
/// </summary>
internal sealed unsafe class Serving(RegionFile region, string port, string device, string note)
{
    private const int LookMilliseconds = 200, Worker0 = 0;

    private readonly RegionView _view = new(region);
    private volatile bool _hasEnded;
    private long _followed;
    private long _lookedAt;

    public int Run<TPort>(TPort opened, IPortSteering steering, WakeEvent wake)
        where TPort : struct, IPort
    {
        region.Populate();
        ResetReaders();
        Forwarder forwarder = new(_view, Worker0, steering.ReadDeviceMac());
        Worker<TPort> worker = new(opened, forwarder);
        bool asked = false;
        void End(PosixSignalContext context)
        {
            context.Cancel = asked = true;
            worker.Stop();
            wake.Set();
        }

        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);
        SnapshotReader housekeeper = new(_view, _view.Capacities.Workers);
        KeepHouse(ref housekeeper, forwarder, steering);
        Announce();
        Thread loop = new(() => RunWorker(worker)) { Name = "worker 0", IsBackground = true };
        loop.Start();
        while (!_hasEnded)
        {
            PublicationSignal.Wait(_view.Header, _followed, LookMilliseconds);
            KeepHouse(ref housekeeper, forwarder, steering);
        }

        loop.Join();
        forwarder.Tally.PortDropped(steering.LostFrames());
        if (!asked)
        {
            Console.Error.WriteLine($"rustyrail-dataplane: {device}: the device is gone");
            return 1;
        }

        steering.GiveBack();
        Console.Out.WriteLine($"{DateTime.UtcNow:u} stopped");
        return 0;
    }

    private void RunWorker<TPort>(Worker<TPort> worker)
        where TPort : struct, IPort
    {
        worker.Run();
        _hasEnded = true;
        PublicationSignal.Send(_view.Header);
    }

    /// <summary>Nobody else reads snapshots in this role: what a dead predecessor had pinned is free.</summary>
    private void ResetReaders()
    {
        for (int i = 0; i < _view.Readers; i++) Volatile.Write(ref _view.Reader(i)->Pinned, ReaderLine.Quiescent);
    }

    private void KeepHouse(ref SnapshotReader reader, Forwarder forwarder, IPortSteering steering)
    {
        long now = RegionFile.Now;
        if (now - _lookedAt >= LookMilliseconds)
        {
            _lookedAt = now;
            LookAtDevice(forwarder, steering);
        }

        if (Volatile.Read(ref _view.Header->Generation) == _followed) return;
        reader.Refresh();
        steering.Follow(reader.Current);
        _followed = reader.Generation;
        reader.Rest();
    }

    private void LookAtDevice(Forwarder forwarder, IPortSteering steering)
    {
        forwarder.Tally.PortDropped(steering.LostFrames());
        forwarder.DeviceMac = steering.ReadDeviceMac();
        // Its silence then is not a hanging worker's, which a supervisor would end.
        if (steering.IsWorkerHeld()) Volatile.Write(ref _view.Reader(Worker0)->Heartbeat, RegionFile.Now);
    }

    /// <summary>Written before the worker's first heartbeat: whoever sees a beat sees whose it is.</summary>
    private void Announce()
    {
        DataplaneIdentity* identity = &_view.Header->Dataplane;
        SetText(new Span<byte>(identity->Port, DataplaneIdentity.TextBytes), port);
        SetText(new Span<byte>(identity->Device, DataplaneIdentity.TextBytes), device);
        SetText(new Span<byte>(identity->Note, DataplaneIdentity.NoteBytes), note);
        identity->Workers = 1;
        identity->StartedAt = RegionFile.Now;
        Volatile.Write(ref identity->Pid, Environment.ProcessId);
        Console.Out.WriteLine($"{DateTime.UtcNow:u} serving {device} by {port} ({note}), pid {Environment.ProcessId}");
    }

    private static void SetText(Span<byte> into, string text)
    {
        into.Clear();
        Encoding.UTF8.TryGetBytes(text, into[..^1], out _);
    }
}
