using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Tests.Support.Regions;
using static RustyRail.Tests.Support.Frames.Compose;

namespace Property.Tests.Forwarding;

/// <summary>
/// A million new flows a second for several seconds of the balancer's time: those that were there before are found in the flow table at each of their packets and
/// stay at their backend, though the pool's table has moved on meanwhile and would send many of them elsewhere.
/// </summary>
public sealed unsafe class FloodTests
{
    private const int Seconds = 6, Established = 100_000, FloodPerMillisecond = 1000;

    /// <summary>As configured unless an operator says otherwise; a flood of acknowledgements makes entries like real ones, for which there must be room.</summary>
    private const int FlowsPerWorker = 1 << 20;

    [Theory]
    [InlineData("SYNs", Tcp, Syn, false)]
    [InlineData("acknowledgements", Tcp, Acknowledge, false)]
    [InlineData("datagrams", Udp, 0, false)]
    [InlineData("SYNs", Tcp, Syn, true)]
    [InlineData("acknowledgements", Tcp, Acknowledge, true)]
    public void Established_flows_outlive_a_flood_of(string what, int protocol, int flags, bool isIpv6) => Flood(what, FlowsPerWorker, Established, protocol, flags, isIpv6);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Established_flows_outlive_more_SYNs_than_the_table_holds(bool isIpv6) => Flood("SYNs", 1 << 17, 30_000, Tcp, Syn, isIpv6);

    private static void Flood(string what, int capacity, int established, int protocol, int flags, bool isIpv6)
    {
        using TestRegion region = new(isIpv6 ? TestRegion.Small with { Ipv6FlowsPerWorker = capacity } : TestRegion.Small with { FlowsPerWorker = capacity });
        TestCatalogue catalogue = new TestCatalogue().Service("web", isIpv6 ? "2001:db8:1::1" : "10.1.0.1", Protocol.Any, PortRange.Any).Backends(10);
        SnapshotPublisher publisher = new(region.Control);
        Assert.True(publisher.TryPublish(catalogue.ToContent()));
        using FloodRun run = new(region.View);
        FloodFlows known = new(isIpv6, firstClient: 1, Tcp, Acknowledge), flood = new(isIpv6, firstClient: 100, protocol, flags);
        int[] backends = Open(run, known, established);

        Assert.True(publisher.TryPublish(catalogue.Backends(14).ToContent()));
        WorkerCounterBlock before = run.Totals;
        int between = FloodPerMillisecond * 1000 / established, next = 0, sent = 0;
        while (sent < Seconds * 1000 * FloodPerMillisecond)
        {
            run.Send(flood, sent++);
            if (sent % between == 0)
            {
                run.Send(known, next, backends[next]);
                next = (next + 1) % established;
            }

            if (sent % FloodPerMillisecond != 0) continue;
            run.End();
            run.Now++;
        }

        WorkerCounterBlock after = run.Totals;
        // Every one of the flood is new; so none of the established ever was.
        Assert.Equal((ulong)sent, after.FlowMisses - before.FlowMisses);
        Assert.Equal((ulong)(sent / between), after.FlowHits - before.FlowHits);
        ulong most = (ulong)(NewFlowCap.DefaultPerSecond * (Seconds + 1));
        Assert.True(after.FlowsInserted - before.FlowsInserted is var inserted && inserted <= most && inserted > most / 2, $"{inserted} flows of {sent} {what} were written down");
        Assert.Equal((ulong)sent - (after.FlowsInserted - before.FlowsInserted), after.FlowsNotInserted - before.FlowsNotInserted);
        FloodFlows others = new(isIpv6, firstClient: 1, Udp, 0);
        Assert.Contains(Enumerable.Range(0, 1000), flow => run.SendOne(others, flow) >= 10);
    }

    /// <summary>At a rate that the cap lets in.</summary>
    private static int[] Open(FloodRun run, FloodFlows flows, int count)
    {
        int[] backends = new int[count];
        for (int i = 0; i < count; i++)
        {
            backends[i] = run.SendOne(flows, i);
            if (i % 100 == 99) run.Now++;
        }

        Assert.Equal((ulong)count, run.Totals.FlowsInserted);
        return backends;
    }
}
