using System.Buffers.Binary;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Dataplane.Ports.Memory;
using RustyRail.Tests.Support.Packets;
using RustyRail.Tests.Support.Ports;

namespace RustyRail.Tests.Support.Regions;

/// <summary>
/// A whole balancer without a network: region, publisher and a worker on a <see cref="MemoryPort"/>, or on a live port (<see cref="LivePipe"/>). A test says which services and
/// backends there are, sends frames and looks at what became of each. Time stands still until the test moves it.
/// </summary>
internal sealed unsafe class TestBalancer : IDisposable
{
    private const int EthernetBytes = 14;

    private readonly TestRegion _region;
    private readonly SnapshotPublisher _publisher;
    private readonly Forwarder _forwarder;
    private readonly LivePipe? _live;

    public TestBalancer(RegionCapacities? capacities = null, ulong deviceMac = 0, MemoryWire? wire = null)
    {
        _live = wire is null ? LivePipe.OpenWhereAsked() : null;
        Wire = wire ?? new MemoryWire();
        _region = new TestRegion(capacities);
        _publisher = new SnapshotPublisher(_region.Control);
        _forwarder = new Forwarder(_region.View, worker: 0, deviceMac);
        Worker = new Worker<TestPort>(new TestPort(Wire, _live), _forwarder);
    }

    public TestCatalogue Catalogue { get; } = new();
    public MemoryWire Wire { get; }
    public Worker<TestPort> Worker { get; }
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

    /// <summary>The same with content that no <see cref="TestCatalogue"/> makes.</summary>
    public void Publish(SnapshotContent content)
    {
        PublishUnseen(content);
        Worker.Turn(Now);
    }

    /// <summary>The worker sees it at its next turn.</summary>
    public void PublishUnseen() => PublishUnseen(Catalogue.ToContent());

    private void PublishUnseen(SnapshotContent content)
    {
        if (!_publisher.TryPublish(content)) throw new InvalidOperationException("the worker has not adopted the last snapshots");
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
        FrameRecorder.Record(frame);
        // A test that limits the room on the way out means the wire in memory.
        bool isLive = _live is not null && frame.Length <= _live.MaxFrameBytes && Math.Min(Wire.TransmitRoom, Wire.HostRoom) == long.MaxValue;
        if (isLive) _live!.Send(frame);
        else Wire.Enqueue(frame);
        if (Worker.Turn(Now) != 1) throw new InvalidOperationException("the port delivered nothing");
        PacketWork work = _forwarder.WorkAt(0);
        return OutcomeOf(work, isLive ? LeftLive(_live!, work, frame) : LeftMemory(work));
    }

    /// <summary>All of them at once, in batches as full as they can be; on memory.</summary>
    public List<Outcome> SendAll(IReadOnlyList<byte[]> frames)
    {
        List<Outcome> outcomes = [];
        foreach (byte[] frame in frames) Wire.Enqueue(frame);
        for (int count = Worker.Turn(Now); count > 0; count = Worker.Turn(Now))
        {
            for (int i = 0; i < count; i++)
            {
                PacketWork work = _forwarder.WorkAt(i);
                List<byte[]> exit = ExitOf(work.Verdict);
                outcomes.Add(OutcomeOf(work, exit[0]));
                exit.RemoveAt(0);
            }
        }

        return outcomes;
    }

    private Outcome OutcomeOf(in PacketWork work, byte[] left) =>
        new(work.Verdict, work.Reason, NameOf(work.Service, isBackend: false), NameOf(work.Backend, isBackend: true), left);

    private byte[] LeftMemory(in PacketWork work)
    {
        byte[] left = ExitOf(work.Verdict)[^1];
        Wire.Transmitted.Clear();
        Wire.ToHost.Clear();
        Wire.Released.Clear();
        return left;
    }

    private List<byte[]> ExitOf(Verdict verdict) => verdict switch
    {
        Verdict.Forwarded or Verdict.Answered => Wire.Transmitted,
        Verdict.Host => Wire.ToHost,
        _ => Wire.Released,
    };

    private byte[] LeftLive(LivePipe live, in PacketWork work, byte[] frame)
    {
        if (work.Verdict == Verdict.Dropped) return Worker.Port.Released[^1];
        if (work.Verdict != Verdict.Host) return live.TakeSent();
        byte[] delivered = live.TakeFromHost();
        int tunnel = frame.Length - delivered.Length;
        // Of router-made GRE for a VIP this port gives the host the inner packet alone; as far as the pipeline goes, it is the frame.
        return tunnel > 0 && delivered.AsSpan().SequenceEqual(WithoutTunnel(frame, tunnel)) ? frame : delivered;
    }

    /// <summary>The inner packet may be of the other family than its tunnel, and the Ethernet header says of which.</summary>
    private static byte[] WithoutTunnel(byte[] frame, int tunnelBytes)
    {
        byte[] inner = [.. frame[..EthernetBytes], .. frame[(EthernetBytes + tunnelBytes)..]];
        BinaryPrimitives.WriteUInt16BigEndian(inner.AsSpan(EthernetBytes - 2), (ushort)(inner[EthernetBytes] >> 4 == 6 ? 0x86DD : 0x0800));
        return inner;
    }

    public void Dispose()
    {
        _live?.Dispose();
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
