using RustyRail.Contract.Region;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Dataplane.Ports.Memory;
using RustyRail.Tests.Support.Packets;
using RustyRail.Tests.Support.Regions;
using static Dataplane.Tests.Forwarding.Traffic;

namespace Dataplane.Tests.Forwarding;

public sealed unsafe class WorkerTests : IDisposable
{
    private readonly TestBalancer _balancer = TestBalancer.WithWeb();

    [Fact]
    public void A_full_transmit_ring_drops_the_packet_and_gives_the_buffer_back()
    {
        _balancer.Wire.TransmitRoom = 1;
        Assert.Equal(Verdict.Forwarded, _balancer.Send(PlainTcp()).Verdict);
        Outcome outcome = _balancer.Send(PlainTcp());
        Assert.Equal((Verdict.Dropped, Reason.TxFull), (outcome.Verdict, outcome.Reason));
        _balancer.Wire.HostRoom = 0;
        outcome = _balancer.Send(PacketBuilder.Ethernet(type: 0x0806));
        Assert.Equal((Verdict.Dropped, Reason.HostFull), (outcome.Verdict, outcome.Reason));
        Assert.Equal(0, _balancer.Wire.OnLoan);
        AssertSums();
    }

    [Fact]
    public void Every_packet_of_a_mixed_batch_is_counted_once()
    {
        Random random = new(5);
        byte[][] kinds =
        [
            PlainTcp().Build(), RouterTcp().Build(), PacketBuilder.Ethernet(type: 0x0806).PayloadOf(28).Build(), PlainTcp().Build()[..40],
            FromRouter(ip => ip with { TimeToLive = 1 }).Client4().Tcp(1, 80).Build(), FromRouter().Client4("10.9.9.9").Tcp(1, 1).Build(),
            PacketBuilder.Ethernet().Client4(with: ip => ip with { ChecksumError = 1 }).Tcp(1, 80).Build(),
        ];
        _balancer.Wire.Capture = false;
        _balancer.Wire.TransmitRoom = 3000;
        _balancer.Wire.HostRoom = 2000;
        for (int i = 0; i < 20_000; i++) _balancer.Wire.Enqueue(kinds[random.Next(kinds.Length)]);
        while (_balancer.Worker.Turn(_balancer.Now) > 0)
        {
        }

        WorkerCounterBlock totals = _balancer.Totals;
        Assert.Equal(20_000ul, totals.Received);
        Assert.Equal(3000ul, totals.Forwarded);
        Assert.Equal(2000ul, totals.Host);
        Assert.True(totals.Reasons[(int)Reason.TxFull] > 0 && totals.Reasons[(int)Reason.HostFull] > 0);
        Assert.Equal(0, _balancer.Wire.OnLoan);
        AssertSums();
    }

    [Fact]
    public void Services_and_backends_count_what_they_forward()
    {
        ulong bytes = 0;
        for (int i = 0; i < 40; i++)
        {
            Outcome outcome = _balancer.Send(PlainTcp(1000 + (i % 10)));
            bytes += (ulong)outcome.Bytes.Length;
        }

        TrafficCounters service = _balancer.View.ServiceCounters(0)[0];
        Assert.Equal((40ul, bytes, 10ul), (service.Packets, service.Bytes, service.NewFlows));
        TrafficCounters first = _balancer.View.BackendCounters(0)[0], second = _balancer.View.BackendCounters(0)[1];
        Assert.Equal((40ul, bytes, 10ul), (first.Packets + second.Packets, first.Bytes + second.Bytes, first.NewFlows + second.NewFlows));
        Assert.Equal((40ul, bytes), (_balancer.Totals.Forwarded, _balancer.Totals.ForwardedBytes));
        Assert.Equal(40ul * (ulong)PlainTcp().Build().Length, _balancer.Totals.ReceivedBytes);
    }

    [Fact]
    public void What_takes_over_a_retired_slot_counts_from_zero()
    {
        using TestBalancer balancer = new(TestRegion.Small with { Backends = 1, Services = 1 });
        balancer.Catalogue.Service("web", "10.1.0.1").Backends(1);
        balancer.Publish();
        for (int i = 0; i < 5; i++) balancer.Send(PlainTcp());
        Assert.Equal((5ul, 5ul), (balancer.View.BackendCounters(0)->Packets, balancer.View.ServiceCounters(0)->Packets));
        balancer.Catalogue.Remove("server1").RemoveService("web");
        balancer.Publish();
        balancer.Idle(TimeSpan.FromSeconds(5));
        balancer.Catalogue.Service("next", "10.1.0.1").Backend("newcomer", "192.168.137.99");
        balancer.Publish();
        Assert.Equal("newcomer", balancer.Send(PlainTcp()).Backend);
        Assert.Equal((1ul, 1ul), (balancer.View.BackendCounters(0)->Packets, balancer.View.ServiceCounters(0)->Packets));
    }

    [Fact]
    public void A_running_worker_adopts_what_is_published_and_rests_when_it_stops()
    {
        Thread thread = new(_balancer.Worker.Run);
        thread.Start();
        ReaderLine* line = _balancer.View.Reader(0);
        // Idle, it sleeps in the port instead of burning the processor.
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref line->Heartbeat) > 0 && _balancer.Wire.Waits > 0, TimeSpan.FromSeconds(20)));
        _balancer.Worker.Stop();
        Assert.True(thread.Join(TimeSpan.FromSeconds(20)));
        Assert.Equal(ReaderLine.Quiescent, line->Pinned);
    }

    [Fact]
    public void The_end_of_input_ends_the_loop_after_the_last_packet()
    {
        for (int i = 0; i < 100; i++) _balancer.Wire.Enqueue(PlainTcp(i).Build());
        _balancer.Wire.EndInput();
        _balancer.Worker.Run();
        Assert.Equal(100, _balancer.Wire.Transmitted.Count);
    }

    [Fact]
    public void Nothing_is_allocated_per_packet()
    {
        byte[][] kinds = [PlainTcp().Build(), RouterTcp().Build(), PacketBuilder.Ethernet(type: 0x0806).PayloadOf(28).Build(), PlainTcp().Build()[..40]];
        foreach (byte[] kind in kinds) _balancer.Wire.Enqueue(kind);
        _balancer.Wire.Capture = false;
        _balancer.Wire.Flows = new FlowVariation(26, 34, 5000);
        Run(packets: 50_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(packets: 500_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        AssertSums();
    }

    [Fact]
    public void Nothing_is_allocated_when_a_snapshot_is_adopted()
    {
        long allocated = 0;
        for (int i = 0; i < 100; i++)
        {
            _balancer.PublishUnseen();
            long before = GC.GetAllocatedBytesForCurrentThread();
            _balancer.Worker.Turn(_balancer.Now + i);
            // The first turns compile the path.
            if (i >= 50) allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }

    public void Dispose() => _balancer.Dispose();

    private void Run(long packets)
    {
        _balancer.Wire.Repeat(packets);
        long now = _balancer.Now;
        while (_balancer.Worker.Turn(now++) > 0)
        {
        }
    }

    private void AssertSums()
    {
        WorkerCounterBlock totals = _balancer.Totals;
        Assert.Equal(totals.Received, totals.Forwarded + totals.Host + totals.Answered + totals.Dropped);
        ulong reasons = 0;
        for (int i = 1; i < WorkerCounterBlock.MaxReasons; i++) reasons += totals.Reasons[i];
        Assert.Equal(totals.Host + totals.Answered + totals.Dropped, reasons);
        Assert.Equal(0ul, totals.Reasons[0]);
    }
}
