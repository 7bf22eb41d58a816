using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Host.Explain;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Memory;
using RustyRail.Tests.Support.Packets;
using RustyRail.Tests.Support.Regions;
using static Dataplane.Tests.Forwarding.Traffic;

namespace Dataplane.Tests.Forwarding.Steering;

/// <summary>Workers that the test turns, on a wire in memory.</summary>
public sealed unsafe class SteeringTests : IDisposable
{
    private readonly WakeEvent _wake = new();
    private readonly MemoryWire _wire = new();
    private readonly SteeredBalancer<MemoryPort> _balancer;

    public SteeringTests()
    {
        _balancer = new SteeredBalancer<MemoryPort>(3, new MemoryPort(_wire), _wake, ringCapacity: 8);
        _balancer.Catalogue.Service("web", Vip).Backends(4);
        _balancer.Publish();
        _balancer.Turn();
    }

    public void Dispose()
    {
        _balancer.Dispose();
        _wire.Dispose();
        _wake.Dispose();
    }

    [Fact]
    public void A_wire_that_stands_still_fills_the_rings_and_then_costs_packets_as_such()
    {
        _wire.TransmitRoom = 0;
        for (int i = 0; i < 100; i++) Send(RouterTcp(i));
        WorkerSums sums = _balancer.Sums();
        Assert.Equal((100ul, 16ul, 84ul), (sums.Received, sums.Forwarded, sums[Reason.TxFull]));
        Assert.Null(sums.Problem);
        Assert.Equal((16, 84), (_wire.OnLoan, _wire.Released.Count));

        _wire.TransmitRoom = long.MaxValue;
        _balancer.Turn();
        Assert.Equal((0, 16), (_wire.OnLoan, _wire.Transmitted.Count));
    }

    [Fact]
    public void A_worker_that_stands_still_costs_its_flows_packets_alone()
    {
        int stuck = Send(RouterTcp(1));
        for (int i = 0; i < 20; i++)
        {
            _wire.Enqueue(RouterTcp(1).Build());
            _balancer.Workers.Steerer.Turn(_balancer.Now);
        }

        Assert.Equal(12ul, _balancer.Sums()[Reason.SteerFull]);
        int other = Enumerable.Range(2, 50).First(port => _balancer.WorkerOf(RouterTcp(port).Build()) != stuck);
        Assert.NotEqual(stuck, Send(RouterTcp(other)));
        Assert.Equal(1 + 8 + 1, _wire.Transmitted.Count);
        Assert.Null(_balancer.Sums().Problem);
        Assert.Equal(0, _wire.OnLoan);
    }

    [Fact]
    public void Before_anything_is_published_all_is_the_hosts()
    {
        using WakeEvent wake = new();
        using MemoryWire wire = new();
        using SteeredBalancer<MemoryPort> fresh = new(2, new MemoryPort(wire), wake);
        wire.Enqueue(RouterTcp().Build());
        Assert.Equal(0, fresh.Turn());
        Assert.Equal((1ul, 0), (fresh.Sums().Host, wire.OnLoan));
    }

    [Fact]
    public void Frames_for_another_machine_stay_with_the_steering_worker()
    {
        _balancer.Workers.Handover.Choice.DeviceMac = 0x0700_0000_0002;
        foreach (var forwarder in _balancer.Workers.Forwarders) forwarder.DeviceMac = 0x0700_0000_0002;
        Assert.Equal(0, Send(RouterTcp()));
        Assert.Equal(1ul, _balancer.Totals(0).Host);
    }

    [Fact]
    public void A_flow_of_any_worker_is_explained_and_found_to_diverge()
    {
        HashSet<int> workers = [];
        for (int port = 1000; port < 1040; port++)
        {
            int worker = Send(RouterTcp(port));
            workers.Add(worker);
            FlowQuestion question = FlowQuestion.TryParse($"{Client}:{port}", $"{Vip}:80", "tcp", out _)!;
            FlowAnswer answer = new FlowExplainer(_balancer.Region).Explain(question);
            Assert.Equal(("flow", worker), (answer.Why, answer.Worker));
        }

        Assert.Equal([1, 2], workers.Order());
        for (int i = 1; i <= 4; i++) _balancer.Catalogue.Change($"server{i}", backend => backend.Drained);
        _balancer.Catalogue.Backend("server9", "192.168.137.99");
        _balancer.Publish();
        _balancer.Turn();
        DivergentScan scan = DivergentFlows.Find(_balancer.View, _balancer.Now, most: 1000);
        Assert.Equal((40L, 40), (scan.Seen, scan.Flows.Count));
    }

    [Fact]
    public void Nothing_is_allocated_per_packet()
    {
        _wire.Capture = false;
        foreach ((PacketBuilder packet, _) in NumberedTraffic.Odd) _wire.Enqueue(packet.Build());
        for (int i = 0; i < 20; i++) _wire.Enqueue(RouterTcp(i).Build());
        Run(20_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(200_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Null(_balancer.Sums().Problem);
    }

    private void Run(long packets)
    {
        _wire.Repeat(packets);
        ulong end = _balancer.Received() + (ulong)packets;
        while (_balancer.Received() < end) _balancer.Turn();
    }

    private int Send(PacketBuilder packet)
    {
        _wire.Enqueue(packet.Build());
        return _balancer.Turn();
    }
}
