using RustyRail.Contract.Region;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Steering;

namespace RustyRail.Dataplane.Forwarding.Steering;

/// <summary>
/// A steering worker, which has the device's port, and those that decide for it. Each runs on a thread of its owner's choice; the deciding ones end when the steering
/// one has called them home.
/// </summary>
internal sealed class SteeredWorkers<TPort> : IDisposable
    where TPort : struct, IPort
{
    private readonly HandoverRing[] _rings;
    private readonly WakeEvent[] _wakes;

    /// <param name="workers">2 at least.</param>
    /// <param name="port">Frames may come back to it late, up to <see cref="MostAway"/> of them.</param>
    /// <param name="wake">Ends the port's wait; the owner disposes it.</param>
    /// <param name="ringCapacity">A power of two.</param>
    public SteeredWorkers(RegionView region, int workers, TPort port, ulong deviceMac, WakeEvent wake, int ringCapacity = HandoverRing.DefaultCapacity)
    {
        int deciding = workers - 1;
        _rings = new HandoverRing[deciding];
        _wakes = new WakeEvent[deciding];
        Deciders = new Worker<HandoverPort>[deciding];
        Forwarders = new Forwarder[workers];
        HandingEnd[] ends = new HandingEnd[deciding];
        Forwarders[0] = new Forwarder(region, worker: 0, deviceMac);
        for (int i = 0; i < deciding; i++)
        {
            _rings[i] = new HandoverRing(ringCapacity);
            _wakes[i] = new WakeEvent();
            ends[i] = new HandingEnd(_rings[i], _wakes[i]);
            Forwarders[i + 1] = new Forwarder(region, i + 1, deviceMac);
            Deciders[i] = new Worker<HandoverPort>(new HandoverPort(new DecidingEnd(_rings[i], wake, _wakes[i])), Forwarders[i + 1]);
        }

        Handover = new Handover(region, Forwarders[0], deviceMac, ends, wake);
        Steerer = new Worker<SteeringPort<TPort>>(new SteeringPort<TPort>(port, Handover), Forwarders[0]);
    }

    public Worker<SteeringPort<TPort>> Steerer { get; }

    /// <summary>Workers 1, 2, ...</summary>
    public Worker<HandoverPort>[] Deciders { get; }

    public Forwarder[] Forwarders { get; }

    public Handover Handover { get; }

    /// <summary>Slots that can be with the deciding workers at once.</summary>
    public static int MostAway(int workers, int ringCapacity = HandoverRing.DefaultCapacity) => (workers - 1) * ringCapacity;

    /// <summary>After all threads have ended.</summary>
    public void Dispose()
    {
        foreach (HandoverRing ring in _rings) ring.Dispose();
        foreach (WakeEvent wake in _wakes) wake.Dispose();
    }
}
