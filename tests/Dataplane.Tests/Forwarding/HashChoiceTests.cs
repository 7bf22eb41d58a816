using System.Net;
using RustyRail.Contract.Hashing;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Packets;
using RustyRail.Tests.Support.Packets;
using RustyRail.Tests.Support.Regions;

namespace Dataplane.Tests.Forwarding;

public sealed unsafe class HashChoiceTests
{
    private const ulong Key0 = 0x0706_0504_0302_0100, Key1 = 0x0F0E_0D0C_0B0A_0908;

    [Fact]
    public void Packets_of_every_form_go_by_the_multiply_mix_if_the_key_names_it() => AllGoBy<FlowHash>();

    [Fact]
    public void Packets_of_every_form_go_by_SipHash_if_the_key_names_it() => AllGoBy<SipFlowHash>();

    [Fact]
    public void Under_another_hash_new_flows_go_by_it_and_old_ones_are_not_found()
    {
        using TestBalancer balancer = TestBalancer.WithWeb(backends: 5);
        string?[] before = [.. Enumerable.Range(1000, 100).Select(port => balancer.Send(Traffic.PlainTcp(port)).Backend)];
        balancer.Catalogue.HashKey = new FlowHashKey(Key0, Key1, FlowHashKey.SipHash13);
        balancer.Publish();
        AssertNewGoBy<SipFlowHash>(balancer);
        // The hash says too where a flow is written down: under another one it is not found, and goes by the table.
        Assert.Contains(Enumerable.Range(1000, 100), port => balancer.Send(Traffic.PlainTcp(port)).Backend != before[port - 1000]);
    }

    private static void AllGoBy<THash>()
        where THash : struct, IFlowHash<THash>
    {
        using TestBalancer balancer = new();
        balancer.Catalogue.HashKey = new FlowHashKey(Key0, Key1, THash.Algorithm);
        balancer.Catalogue.Service("web", "10.1.0.1").Backends(5);
        balancer.Publish();
        AssertNewGoBy<THash>(balancer);
    }

    private static void AssertNewGoBy<THash>(TestBalancer balancer)
        where THash : struct, IFlowHash<THash>
    {
        for (int port = 2000; port < 2100; port++)
        {
            string expected = ByTable<THash>(balancer, port);
            Assert.Equal(expected, balancer.Send(port % 2 == 0 ? Traffic.PlainTcp(port) : Rare(port)).Backend);
            Assert.Equal(expected, balancer.Send(port % 2 == 0 ? Rare(port) : Traffic.PlainTcp(port)).Backend);
        }
    }

    private static string ByTable<THash>(TestBalancer balancer, int port)
        where THash : struct, IFlowHash<THash>
    {
        ulong addresses = Raw("10.0.0.7") | ((ulong)Raw("10.1.0.1") << 32);
        uint ports = (uint)((ushort)IPAddress.HostToNetworkOrder((short)port) | ((ushort)IPAddress.HostToNetworkOrder((short)80) << 16));
        ulong hash = new FlowKey(addresses, ports, FlowClass.Tcp).Hash(THash.Keyed(Key0, Key1), default);
        SnapshotView snapshot = balancer.View.Snapshot(balancer.View.Header->Generation);
        ReadOnlySpan<ushort> table = balancer.View.Table(snapshot.Pools[0]);
        return SnapshotView.Text(snapshot.BackendNames + table[(int)FlowHash.Reduce(hash, (uint)table.Length)]);
    }

    private static PacketBuilder Rare(int port) => PacketBuilder.Ethernet().Ipv4("10.0.0.7", "10.1.0.1", ip => ip with { Options = [1, 1, 1, 1] }).Tcp(port, 80);

    private static uint Raw(string address) => BitConverter.ToUInt32(IPAddress.Parse(address).GetAddressBytes());
}
