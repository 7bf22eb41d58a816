using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Dataplane.Ports.Memory;
using RustyRail.Tests.Support.Packets;

namespace RustyRail.Tests.Support.Regions;

/// <summary>
/// A whole balancer without a network: region, publisher and a worker on a <see cref="MemoryPort"/>. A test says which services and
/// backends there are, sends frames and looks at what became of each. Time stands still until the test moves it.
/// </summary>
internal sealed unsafe class TestBalancer : IDisposable
{
    private readonly TestRegion _region;
    private readonly SnapshotPublisher _publisher;
    private readonly Forwarder _forwarder;

    public TestBalancer(RegionCapacities? capacities = null, ulong deviceMac = 0)
    {
        _region = new TestRegion(capacities);
        _publisher = new SnapshotPublisher(_region.Control);
        _forwarder = new Forwarder(_region.View, worker: 0, deviceMac);
        Worker = new Worker<MemoryPort>(new MemoryPort(Wire), _forwarder);
    }

    public TestCatalogue Catalogue { get; } = new();
    public MemoryWire Wire { get; } = new();
    public Worker<MemoryPort> Worker { get; }
    public RegionView View => _region.View;
    public WorkerCounterBlock Totals => *View.Counters(0);

    /// <summary>Monotonic milliseconds as the worker is told.</summary>
    public long Now { get; private set; } = 1_000_000_000;

    /// <summary>One service on 10.1.0.1, TCP port 80, published.</summary>
    public static TestBalancer WithWeb(int backends = 2)
    {
        TestBalancer balancer = new();
        balancer.Catalogue.Service("web", "10.1.0.1").Backends(backends);
        balancer.Publish();
        return balancer;
    }

    /// <summary>Publishes what the catalogue says now and lets the worker adopt it.</summary>
    public void Publish()
    {
        PublishUnseen();
        Worker.Turn(Now);
    }

    /// <summary>The worker sees it at its next turn.</summary>
    public void PublishUnseen()
    {
        if (!_publisher.TryPublish(Catalogue.ToContent())) throw new InvalidOperationException("the worker has not adopted the last snapshots");
    }

    /// <summary>Lets time pass without traffic, in steps that give the sweep its turns.</summary>
    public void Idle(TimeSpan time)
    {
        for (long left = (long)time.TotalMilliseconds; left > 0; left -= 1000)
        {
            Now += Math.Min(left, 1000);
            Worker.Turn(Now);
        }
    }

    public Outcome Send(PacketBuilder packet) => Send(packet.Build());

    public Outcome Send(byte[] frame)
    {
        Wire.Enqueue(frame);
        if (Worker.Turn(Now) != 1) throw new InvalidOperationException("the port delivered nothing");
        PacketWork work = _forwarder.WorkAt(0);
        List<byte[]> exit = work.Verdict switch
        {
            Verdict.Forwarded or Verdict.Answered => Wire.Transmitted,
            Verdict.Host => Wire.ToHost,
            _ => Wire.Released,
        };
        byte[] left = exit[^1];
        Wire.Transmitted.Clear();
        Wire.ToHost.Clear();
        Wire.Released.Clear();
        return new Outcome(work.Verdict, work.Reason, NameOf(work.Service, isBackend: false), NameOf(work.Backend, isBackend: true), left);
    }

    public void Dispose()
    {
        Wire.Dispose();
        _region.Dispose();
    }

    private string? NameOf(int slot, bool isBackend)
    {
        if (slot < 0 || _forwarder.Reader.Current.IsNone) return null;
        SnapshotView snapshot = _forwarder.Reader.Current;
        return SnapshotView.Text((isBackend ? snapshot.BackendNames : snapshot.ServiceNames) + slot);
    }
}

/// <summary>What became of one frame, and its bytes as they left.</summary>
internal sealed record Outcome(Verdict Verdict, Reason Reason, string? Service, string? Backend, byte[] Bytes)
{
    public override string ToString() => $"{Verdict.Name()} {Reason.Name()} {Service} {Backend}";
}
