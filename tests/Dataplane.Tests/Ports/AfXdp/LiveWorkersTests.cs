using System.Diagnostics;
using Dataplane.Tests.Forwarding.Steering;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Dataplane.Forwarding.Steering;
using RustyRail.Dataplane.Host.Run;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.AfXdp;
using RustyRail.Tests.Support.Ports;
using RustyRail.Tests.Support.Regions;

namespace Dataplane.Tests.Ports.AfXdp;

/// <summary>Several workers on a veth with two queues, over which the kernel spreads what is sent: no packet of a flow out of order, each counted once, no chunk lost.</summary>
[Collection(Alone.Name)]
public sealed class LiveWorkersTests : IDisposable
{
    private const int Flows = 300, Packets = 100_000, Workers = 2, Queues = 2;

    /// <summary>On their way at once: fewer than a queue's rings hold, so that none is lost before a worker sees it.</summary>
    private const int Window = 500;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(100);

    private readonly VethLab _lab = new(queues: Queues);
    private readonly WakeEvent _wake = new();
    private readonly TestRegion _region = new(TestRegion.Small with { Workers = Workers, FlowsPerWorker = 4096, Ipv6FlowsPerWorker = 4096 });
    private readonly NumberedFlows _flows = new();
    private readonly TestCatalogue _catalogue = new();

    public LiveWorkersTests() => NumberedTraffic.AddLiveTo(_flows, Flows);

    public void Dispose()
    {
        _lab.Dispose();
        _region.Dispose();
        _wake.Dispose();
    }

    [SkippableFact]
    public void Each_with_a_queue_of_its_own()
    {
        using AfXdpDevice device = Open(new AfXdpOptions { Device = VethLab.Device, Queues = Workers, WakeFd = _wake.Descriptor });
        int[] free = [.. device.Queues.Select(queue => queue.FreeChunks)];
        using Crew crew = Crew.OnPorts(_region.View, [new AfXdpPort(device, 0), new AfXdpPort(device, 1)], deviceMac: 0);
        WorkerSums sums = Run(crew, new AfXdpSteering(device, Workers), Workers);
        Assert.All(Enumerable.Range(0, Workers), worker => Assert.True(Received(worker) > Packets / 5, $"worker {worker} received {Received(worker)} of {sums.Received}"));
        AssertChunks(device, free);
    }

    [SkippableFact]
    public void One_that_has_all_queues_and_hands_over_to_the_other()
    {
        int away = SteeredWorkers<AfXdpQueuesPort>.MostAway(Workers);
        using AfXdpDevice device = Open(new AfXdpOptions { Device = VethLab.Device, Queues = null, WakeFd = _wake.Descriptor, LoanedFrames = 256 + away });
        Assert.Equal(Queues, device.Queues.Length);
        int[] free = [.. device.Queues.Select(queue => queue.FreeChunks)];
        using Crew crew = Crew.Steered(_region.View, Workers, new AfXdpQueuesPort(device, _wake.Descriptor), deviceMac: 0, _wake);
        WorkerSums sums = Run(crew, new AfXdpSteering(device, ports: 1), ports: 1);
        Assert.Equal(sums.Forwarded, ForwardedBy(1));
        AssertChunks(device, free);
    }

    [SkippableFact]
    public void More_workers_than_queues_are_refused_in_one_line()
    {
        PortException refusal = Assert.Throws<PortException>(() => _lab.Open(new AfXdpOptions { Device = VethLab.Device, Queues = 3 }));
        Assert.Equal("vnode: queues 0-2 are asked for, one for each worker; the device has 2: fewer workers, or ethtool -L vnode combined 3, or --steering steer", refusal.Message);
    }

    [SkippableFact]
    public void Queues_that_no_worker_serves_are_told_exactly()
    {
        using AfXdpDevice one = Open(new AfXdpOptions { Device = VethLab.Device });
        Assert.Contains("vnode: 2 receive queues, one is served and VIPs' packets of the others are dropped: ethtool -L vnode combined 1", one.Warnings());
        one.Dispose();
        using AfXdpDevice both = Open(new AfXdpOptions { Device = VethLab.Device, Queues = 2 });
        Assert.DoesNotContain(both.Warnings(), line => line.Contains("receive queues", StringComparison.Ordinal));
    }

    private AfXdpDevice Open(AfXdpOptions options) => _lab.Open(options).Device;

    private WorkerSums Run(Crew crew, IPortSteering steering, int ports)
    {
        NumberedTraffic.Describe(_catalogue);
        Assert.True(new SnapshotPublisher(_region.Control).TryPublish(_catalogue.ToContent()));
        Housekeeper housekeeper = new(_region.View, crew, steering, ports);
        housekeeper.Turn();
        crew.Start(onEnd: () => { });
        long sent = SendAll();
        bool isThrough = SpinWait.SpinUntil(() => TakeSent() && WorkerSums.Of(_region.View).Received == (ulong)sent && _flows.Left == (long)WorkerSums.Of(_region.View).Forwarded, _patience);
        crew.Stop();
        _wake.Set();
        crew.Join();
        housekeeper.CountLost();
        WorkerSums sums = WorkerSums.Of(_region.View);
        Assert.True(isThrough, $"sent {sent}, received {sums.Received}, forwarded {sums.Forwarded}, seen {_flows.Left}, lost {Lost()}");
        Assert.Equal((0, null, 0ul), (_flows.Reordered, sums.Problem, Lost()));
        AssertOdd(sums);
        return sums;
    }

    private long SendAll() => _lab.Peer.Run(() =>
    {
        long started = Stopwatch.GetTimestamp();
        for (long sent = 0; sent < Packets;)
        {
            if (Stopwatch.GetElapsedTime(started) > _patience) return sent;
            TakeSent();
            long room = Window - (sent - (long)WorkerSums.Of(_region.View).Received);
            for (; room > 0 && sent < Packets; room--, sent++) _lab.Wire.Send(_flows.Next());
        }

        return (long)Packets;
    });

    /// <summary>True, always.</summary>
    private bool TakeSent()
    {
        _lab.Wire.TakePresent((frame, _) => _flows.TryCheck(frame));
        return true;
    }

    private void AssertOdd(WorkerSums sums)
    {
        Dictionary<Reason, ulong> expected = [];
        foreach ((int number, Reason reason) in NumberedTraffic.LiveOdd.Select((odd, number) => (number, odd.Reason))) expected[reason] = expected.GetValueOrDefault(reason) + (ulong)_flows.OddSent(number);
        foreach ((Reason reason, ulong count) in expected) Assert.Equal(count, sums[reason]);
        Assert.Equal(sums.Dropped, sums[Reason.BadChecksum] + sums[Reason.TtlExpired] + sums[Reason.NoBackend]);
    }

    /// <summary>What is not in a ring is free again, but for the last ones on the wire.</summary>
    private static void AssertChunks(AfXdpDevice device, int[] free)
    {
        for (int i = 0; i < free.Length; i++)
        {
            (XskQueue queue, int wanted) = (device.Queues[i], free[i]);
            Assert.True(SpinWait.SpinUntil(
                () =>
                {
                    queue.Flush();
                    return queue.FreeChunks == wanted;
                },
                _patience), $"queue {i}: {queue.FreeChunks} chunks are free, {free[i]} were; {queue.Transmitting} on the wire");
        }
    }

    private unsafe ulong Received(int worker) => _region.View.Counters(worker)->Received;

    private unsafe ulong ForwardedBy(int worker) => _region.View.Counters(worker)->Forwarded;

    private unsafe ulong Lost()
    {
        ulong lost = 0;
        for (int worker = 0; worker < Workers; worker++) lost += _region.View.Counters(worker)->PortDropped;
        return lost;
    }
}
