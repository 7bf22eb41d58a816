using System.Collections.Immutable;
using System.Net;
using RustyRail.Contract;
using RustyRail.Contract.Hashing;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.ControlPlane.Admin;

namespace ControlPlane.Tests.Admin;

public sealed class EntryTrafficTests
{
    private static readonly PoolId Pool = new("web");

    [Fact]
    public unsafe void Flows_of_both_families_and_all_workers_count_for_their_backend()
    {
        using RegionFile region = RegionFile.CreateAnonymous(new RegionCapacities
        {
            Workers = 2, Services = 4, Pools = 4, Backends = 4, FlowsPerWorker = 16, Ipv6FlowsPerWorker = 16, Exceptions = 16, SamplesPerWorker = 16, TableArenaBytes = 1 << 16,
        });
        Assert.True(new SnapshotPublisher(region).TryPublish(new SnapshotContent(
            new string('0', 16), new string('0', 16), new FlowHashKey(1, 2, FlowHashKey.MultiplyMix), [], [], [new PoolContent(Pool, [0], [Backend("a"), Backend("b")])])));
        RegionView view = new(region);
        FlowMeta ofB = FlowMeta.Of(1, FlowClass.Tcp, 0, FlowState.Established);
        view.Flows(0)[3].Meta = FlowMeta.Of(0, FlowClass.Udp, 0, FlowState.Opening);
        view.Flows(1)[view.FlowEntries - 1].Meta = ofB;
        view.Ipv6Flows(0)[0].Entries[0].Meta = ofB;
        view.Ipv6Flows(1)[view.Ipv6FlowBuckets - 1].Entries[Ipv6FlowBucket.EntryCount - 1].Meta = ofB;

        EntryTraffic traffic = EntryTraffic.Read(region, countFlows: true);

        Assert.Equal((1, 3), (traffic[new BackendId(Pool, "a")].Flows, traffic[new BackendId(Pool, "b")].Flows));
        Assert.Equal(0, EntryTraffic.Read(region, countFlows: false)[new BackendId(Pool, "b")].Flows);
    }

    private static BackendContent Backend(string name) => new(new BackendId(Pool, name), IPAddress.Parse("2001:db8::1"), TakesNew: true, TakesEstablished: true, Health: 0, NextHop: null);
}
