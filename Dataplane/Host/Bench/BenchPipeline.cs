using System.Diagnostics;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Memory;

namespace RustyRail.Dataplane.Host.Bench;

/// <summary>A region with the bench's catalogue published, and one worker on frames in memory.</summary>
internal sealed unsafe class BenchPipeline : IDisposable
{
    private readonly PacketSlot[] _batch = GC.AllocateArray<PacketSlot>(Forwarder.BatchSize, pinned: true);
    private readonly bool _isNicOnly;

    /// <exception cref="RegionException">More backends than a region holds, or no memory.</exception>
    public BenchPipeline(BenchOptions options)
        : this(options, options.FlowCapacity)
    {
    }

    /// <param name="flowCapacity">A power of two.</param>
    /// <exception cref="RegionException">As above.</exception>
    public BenchPipeline(BenchOptions options, int flowCapacity)
    {
        Region = PaperNetwork.Publish(options.Catalogue(), options.Capacities(flowCapacity), options.Hash);
        Region.Populate();
        View = new RegionView(Region);
        BenchFrame frame = options.Frame;
        Wire = new MemoryWire { Capture = false, Flows = frame.Variation(options.DrawnFlows, options.Draws()) };
        Wire.Enqueue(frame.Bytes);
        Forwarder = new Forwarder(View, worker: 0, deviceMac: 0, options.HasFlowTable ? NewFlowCap.None : NewFlowCap.Closed);
        Worker = new Worker<MemoryPort>(new MemoryPort(Wire), Forwarder);
        _isNicOnly = options.IsNicOnly;
    }

    public RegionFile Region { get; }
    public RegionView View { get; }
    public MemoryWire Wire { get; }
    public Forwarder Forwarder { get; }
    public Worker<MemoryPort> Worker { get; }
    public WorkerCounterBlock Totals => *View.Counters(0);

    /// <summary>Sends that many packets through; returns nanoseconds per packet.</summary>
    public double Run(long packets)
    {
        Wire.Repeat(packets);
        long start = Stopwatch.GetTimestamp();
        if (_isNicOnly) RunNic(packets);
        else RunWorker(packets);
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / packets;
    }

    public void Dispose()
    {
        Wire.Dispose();
        Region.Dispose();
    }

    private void RunWorker(long packets)
    {
        for (long done = 0; done < packets;) done += Worker.Turn(RegionFile.Now);
    }

    private void RunNic(long packets)
    {
        MemoryPort port = new(Wire);
        for (long done = 0; done < packets;)
        {
            int count = port.Receive(_batch);
            done += port.Transmit(_batch.AsSpan(0, count));
            port.Flush();
        }
    }
}
