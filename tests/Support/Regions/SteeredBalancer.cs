using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Dataplane.Forwarding.Steering;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Steering;

namespace RustyRail.Tests.Support.Regions;

/// <summary>
/// As <see cref="TestBalancer"/>, with several workers of which the first steers. Either the test turns them, one after the other, or each runs on a thread of its own.
/// </summary>
internal sealed unsafe class SteeredBalancer<TPort> : IDisposable
    where TPort : struct, IPort
{
    private readonly TestRegion _region;
    private readonly SnapshotPublisher _publisher;
    private readonly List<Thread> _threads = [];

    /// <param name="wake">Ends the port's wait; the test disposes it.</param>
    public SteeredBalancer(int workers, TPort port, WakeEvent wake, RegionCapacities? capacities = null, ulong deviceMac = 0, int ringCapacity = HandoverRing.DefaultCapacity)
    {
        _region = new TestRegion((capacities ?? TestRegion.Small) with { Workers = workers });
        _publisher = new SnapshotPublisher(_region.Control);
        Workers = new SteeredWorkers<TPort>(_region.View, workers, port, deviceMac, wake, ringCapacity);
    }

    public TestCatalogue Catalogue { get; } = new();
    public SteeredWorkers<TPort> Workers { get; }
    public RegionView View => _region.View;
    public RegionFile Region => _region.Dataplane;

    /// <summary>Monotonic milliseconds as the workers are told when the test turns them.</summary>
    public long Now { get; } = 1_000_000_000;

    public WorkerCounterBlock Totals(int worker) => *View.Counters(worker);

    public WorkerSums Sums() => WorkerSums.Of(View);

    public void Publish() => Publish(Catalogue.ToContent());

    /// <summary>False: a worker still uses the place that is next.</summary>
    public bool TryPublish() => _publisher.TryPublish(Catalogue.ToContent());

    public void Publish(SnapshotContent content)
    {
        if (!_publisher.TryPublish(content)) throw new InvalidOperationException("the workers have not adopted the last snapshots");
    }

    /// <summary>Every worker once, and the steering one again for what has come back. Returns who decided what there was, or -1; that only makes sense for one packet.</summary>
    public int Turn()
    {
        int decidedBy = Workers.Steerer.Turn(Now) > 0 ? 0 : -1;
        for (int i = 0; i < Workers.Deciders.Length; i++)
        {
            if (Workers.Deciders[i].Turn(Now) > 0) decidedBy = i + 1;
        }

        Workers.Steerer.Turn(Now);
        return decidedBy;
    }

    /// <summary>Who would decide the frame, under the snapshot that the steering worker has seen.</summary>
    public int WorkerOf(byte[] frame)
    {
        fixed (byte* bytes = frame)
        {
            PacketSlot slot = new() { Data = bytes, Length = frame.Length };
            Workers.Forwarders[0].Refresh();
            return Workers.Handover.Choose(&slot, 1)[0];
        }
    }

    public ulong Received()
    {
        ulong received = 0;
        for (int worker = 0; worker < View.Capacities.Workers; worker++) received += View.Counters(worker)->Received;
        return received;
    }

    public void Start()
    {
        _threads.Add(new Thread(Workers.Steerer.Run));
        foreach (Worker<HandoverPort> decider in Workers.Deciders) _threads.Add(new Thread(decider.Run));
        foreach (Thread thread in _threads) thread.Start();
    }

    /// <summary>As the program ends; returns how many slots did not come home.</summary>
    public int Stop()
    {
        Workers.Steerer.Stop();
        _threads[0].Join();
        int away = Workers.Steerer.Port.ComeHome(timeoutMilliseconds: 20_000);
        foreach (Thread thread in _threads) thread.Join();
        _threads.Clear();
        return away;
    }

    /// <summary>Of a slot in the snapshot that the deciding worker uses.</summary>
    public string? NameOf(int worker, int slot, bool isBackend)
    {
        SnapshotView snapshot = Workers.Forwarders[worker].Reader.Current;
        return slot < 0 || snapshot.IsNone ? null : SnapshotView.Text((isBackend ? snapshot.BackendNames : snapshot.ServiceNames) + slot);
    }

    public void Dispose()
    {
        Workers.Dispose();
        _region.Dispose();
    }
}
