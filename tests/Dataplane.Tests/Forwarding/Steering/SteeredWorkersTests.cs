using RustyRail.Contract.Region;
using RustyRail.Dataplane.Ports;
using RustyRail.Tests.Support.Ports;
using RustyRail.Tests.Support.Regions;

namespace Dataplane.Tests.Forwarding.Steering;

/// <summary>Workers on threads of their own. Whatever happens, packets of a flow keep their order, each is counted once, and every buffer comes back.</summary>
[Collection(Alone.Name)]
public sealed class SteeredWorkersTests : IDisposable
{
    private const int Flows = 1000, Million = 1_000_000;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(100);

    private readonly WakeEvent _wake = new();
    private readonly NumberedWire _wire;

    public SteeredWorkersTests()
    {
        _wire = new NumberedWire(_wake);
        NumberedTraffic.AddTo(_wire.Flows, Flows);
    }

    public void Dispose()
    {
        _wire.Dispose();
        _wake.Dispose();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_million_packets_of_a_thousand_flows(int workers)
    {
        using SteeredBalancer<NumberedPort> balancer = Start(workers);
        WorkerSums sums = Run(balancer, Million);
        AssertOdd(sums, besides: 0);
        Assert.Equal((ulong)_wire.Flows.Left, sums.Forwarded);
        for (int worker = 1; worker < workers; worker++) Assert.True(balancer.Totals(worker).Forwarded > Million / 2 / (ulong)workers);
        Assert.Equal(0ul, balancer.Totals(0).Forwarded);
    }

    [Fact]
    public void A_ring_that_is_full_costs_packets_and_counts_them()
    {
        using SteeredBalancer<NumberedPort> balancer = Start(workers: 3, ringCapacity: 4);
        WorkerSums sums = Run(balancer, Million);
        Assert.True(sums[Reason.SteerFull] > 0);
        Assert.Equal((ulong)_wire.Flows.Left, sums.Forwarded);
    }

    [Fact]
    public void What_the_wire_refuses_waits_and_keeps_its_order()
    {
        _wire.Refuses = 30;
        using SteeredBalancer<NumberedPort> balancer = Start(workers: 3);
        WorkerSums sums = Run(balancer, Million);
        // Only what the steering worker answers itself finds no room.
        AssertOdd(sums, besides: sums[Reason.TxFull]);
        Assert.True(sums[Reason.TxFull] > 0);
        Assert.Equal((ulong)_wire.Flows.Left, sums.Forwarded);
    }

    [Fact]
    public void Snapshots_that_change_all_the_time_disturb_neither_order_nor_counters()
    {
        using SteeredBalancer<NumberedPort> balancer = Start(workers: 3);
        int published = 0;
        WorkerSums sums = Run(balancer, Million, meanwhile: () =>
        {
            // One always takes new flows.
            balancer.Catalogue.Change($"server{1 + (published++ % 4)}", backend => backend with { TakesNew = !backend.TakesNew });
            balancer.TryPublish();
        });
        Assert.True(published > 10);
        AssertOdd(sums, besides: 0);
    }

    private SteeredBalancer<NumberedPort> Start(int workers, int ringCapacity = 1024)
    {
        SteeredBalancer<NumberedPort> balancer = new(workers, new NumberedPort(_wire), _wake, TestRegion.Small with { FlowsPerWorker = 4096, Ipv6FlowsPerWorker = 4096 }, ringCapacity: ringCapacity);
        NumberedTraffic.Describe(balancer.Catalogue);
        balancer.Publish();
        balancer.Start();
        return balancer;
    }

    private WorkerSums Run(SteeredBalancer<NumberedPort> balancer, long packets, Action? meanwhile = null)
    {
        _wire.Send(packets);
        _wake.Set();
        bool isDone = SpinWait.SpinUntil(
            () =>
            {
                meanwhile?.Invoke();
                return _wire.Gone == packets;
            },
            _patience);
        Assert.Equal(0, balancer.Stop());
        Assert.True(isDone, $"{_wire.Gone} of {packets} packets have left");
        WorkerSums sums = balancer.Sums();
        Assert.Equal((0, 0, null), (_wire.Flows.Reordered, _wire.OnLoan, sums.Problem));
        Assert.Equal((ulong)packets, sums.Received);
        return sums;
    }

    /// <param name="besides">Dropped for other reasons than the packets' own.</param>
    private void AssertOdd(WorkerSums sums, ulong besides)
    {
        Dictionary<Reason, ulong> expected = [];
        for (int i = 0; i < NumberedTraffic.Odd.Length; i++)
        {
            Reason reason = NumberedTraffic.Odd[i].Reason;
            expected[reason] = expected.GetValueOrDefault(reason) + (ulong)_wire.Flows.OddSent(i);
        }

        // Echo requests that were not answered for want of room are among the others.
        foreach ((Reason reason, ulong count) in expected) Assert.Equal(count, sums[reason] + (reason == Reason.Echo ? besides : 0));
        Assert.Equal(expected[Reason.NoService], sums.Host);
        Assert.Equal(expected[Reason.BadChecksum] + expected[Reason.TtlExpired] + expected[Reason.NoBackend] + besides, sums.Dropped);
    }
}
