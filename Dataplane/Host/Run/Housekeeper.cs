using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;

namespace RustyRail.Dataplane.Host.Run;

/// <summary>
/// Once for all workers: follows snapshots with what the port needs of them, and looks at the device now and then. Owner: the thread that waits for the workers.
/// </summary>
internal sealed unsafe class Housekeeper(RegionView region, Crew crew, IPortSteering steering, int ports)
{
    public const int LookMilliseconds = 200;

    private SnapshotReader _reader = new(region, region.Capacities.Workers);
    private long _lookedAt;

    /// <summary>The generation that was followed last.</summary>
    public long Followed { get; private set; }

    public void Turn()
    {
        long now = RegionFile.Now;
        if (now - _lookedAt >= LookMilliseconds)
        {
            _lookedAt = now;
            crew.DeviceMac = steering.ReadDeviceMac();
            CountLost();
            // Their silence then is not that of hanging workers, which a supervisor would end.
            for (int i = 0; steering.IsWorkerHeld() && i < ports; i++) Volatile.Write(ref region.Reader(i)->Heartbeat, now);
        }

        if (Volatile.Read(ref region.Header->Generation) == Followed) return;
        _reader.Refresh();
        steering.Follow(_reader.Current);
        Followed = _reader.Generation;
        _reader.Rest();
    }

    public void CountLost()
    {
        for (int i = 0; i < ports; i++) crew.Forwarders[i].Tally.PortDropped(steering.LostFrames(i));
    }
}
