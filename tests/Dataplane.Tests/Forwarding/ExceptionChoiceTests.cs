using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Tests.Support.Packets;
using RustyRail.Tests.Support.Regions;
using static Dataplane.Tests.Forwarding.Traffic;

namespace Dataplane.Tests.Forwarding;

/// <summary>Two balancers of one cluster: what the scan finds on one is put into the other's exception table, as the control planes would.</summary>
public sealed class ExceptionChoiceTests : IDisposable
{
    private readonly TestBalancer _one = TestBalancer.WithWeb(backends: 3), _other = TestBalancer.WithWeb(backends: 3);

    public void Dispose()
    {
        _one.Dispose();
        _other.Dispose();
    }

    [Fact]
    public void Old_flows_go_on_through_a_balancer_that_never_saw_them_and_new_ones_follow_the_table()
    {
        Dictionary<int, string?> before = Open(_one, Enumerable.Range(1000, 600));
        OnBoth(node => node.Catalogue.Backend("server0", "192.168.137.10"));
        Assert.Contains(before, flow => Fresh(flow.Key) != flow.Value);

        Tell(_one, _other);
        Assert.All(before, flow => Assert.Equal(flow.Value, BackendOf(_other, flow.Key)));
        Assert.All(Enumerable.Range(5000, 200), port => Assert.Equal(Fresh(port), BackendOf(_other, port, TcpControl.Syn)));
        Assert.Equal(_other.Totals.ExceptionHits, (ulong)Find(_one).Flows.Count);
    }

    [Fact]
    public void A_flow_that_came_by_an_exception_is_this_nodes_own_from_then_on()
    {
        int port = PortsOf(_one, "server2")[0];
        OnBoth(node => node.Catalogue.Change("server2", backend => backend.Drained));
        Tell(_one, _other);
        Assert.Equal("server2", BackendOf(_other, port));
        Assert.Contains(Find(_one).Flows.First(flow => flow.Hash == Find(_other).Flows.Single().Hash), Find(_one).Flows);

        Clear(_other);
        Assert.Equal("server2", BackendOf(_other, port));
        Assert.Equal((1ul, 1ul), (_other.Totals.ExceptionHits, _other.Totals.FlowHits));
    }

    [Fact]
    public void An_exception_overrides_neither_health_nor_a_removal()
    {
        int[] ports = PortsOf(_one, "server2");
        OnBoth(node => node.Catalogue.Change("server2", backend => backend.Drained));
        Tell(_one, _other);
        _other.Catalogue.Change("server2", backend => backend.Down);
        _other.Publish();
        Assert.All(ports[..5], port => Assert.NotEqual("server2", BackendOf(_other, port)));
        _other.Catalogue.Remove("server2");
        _other.Publish();
        Assert.All(ports[5..], port => Assert.NotEqual("server2", BackendOf(_other, port)));
        Assert.Equal(0ul, _other.Totals.ExceptionHits);
    }

    [Fact]
    public void A_port_that_the_client_uses_again_begins_a_new_flow()
    {
        int[] ports = PortsOf(_one, "server2");
        _one.Send(PlainTcp(ports[0], TcpControl.Fin | TcpControl.Ack));
        OnBoth(node => node.Catalogue.Change("server2", backend => backend.Drained));
        Tell(_one, _other);
        Assert.NotEqual("server2", BackendOf(_other, ports[0], TcpControl.Syn));

        // This node saw the end itself; what the other knows is older.
        Assert.Equal("server2", BackendOf(_other, ports[1]));
        _other.Send(PlainTcp(ports[1], TcpControl.Fin | TcpControl.Ack));
        Assert.NotEqual("server2", BackendOf(_other, ports[1], TcpControl.Syn));
    }

    [Fact]
    public void A_SYN_in_a_flow_that_others_hold_changes_nothing()
    {
        // It may be forged, or repeated. And where it is a new connection whose predecessor's end nobody saw, all nodes still agree on its backend.
        int port = PortsOf(_one, "server2")[0];
        OnBoth(node => node.Catalogue.Change("server2", backend => backend.Drained));
        Tell(_one, _other);
        Assert.Equal("server2", BackendOf(_other, port, TcpControl.Syn));
        Assert.Equal(("server2", "server2"), (BackendOf(_one, port), BackendOf(_other, port)));
        Assert.Equal(0ul, _other.Totals.FlowsReopened);
    }

    [Fact]
    public void What_was_told_of_a_connection_is_corrected_when_its_ports_are_used_again()
    {
        int port = PortsOf(_one, "server2")[0];
        OnBoth(node => node.Catalogue.Change("server2", backend => backend.Drained));
        Tell(_one, _other);
        Dictionary<ulong, int> told = Find(_one).Flows.ToDictionary(flow => flow.Hash, flow => (int)flow.Backend);
        _one.Send(PlainTcp(port, TcpControl.Fin | TcpControl.Ack));
        string? now = BackendOf(_one, port, TcpControl.Syn);
        Assert.NotEqual("server2", now);
        Assert.Equal(1ul, _one.Totals.FlowsReopened);

        Assert.Equal(Find(_one).Flows.Count + 1, Find(_one, told).Flows.Count);
        Tell(_one, _other, told);
        Assert.Equal(now, BackendOf(_other, port));
    }

    [Fact]
    public void A_node_that_knew_the_connection_before_believes_who_saw_its_ports_used_again()
    {
        int[] ports = PortsOf(_one, "server2");
        OnBoth(node => node.Catalogue.Change("server2", backend => backend.Drained));
        Tell(_one, _other);
        foreach (TestBalancer node in new[] { _one, _other }) node.Idle(TimeSpan.FromSeconds(20));

        // Both move to the other node; one ends there and begins again.
        Assert.Equal("server2", BackendOf(_other, ports[0]));
        Assert.Equal("server2", BackendOf(_other, ports[1]));
        _other.Send(PlainTcp(ports[0], TcpControl.Rst));
        string? now = BackendOf(_other, ports[0], TcpControl.Syn);
        Assert.NotEqual("server2", now);

        Tell(_other, _one);
        Assert.Equal(now, BackendOf(_one, ports[0]));
        Assert.Equal("server2", BackendOf(_one, ports[1]));
        Assert.Equal(now, BackendOf(_one, ports[0]));
    }

    [Fact]
    public void An_exception_that_has_expired_no_longer_counts()
    {
        int[] ports = PortsOf(_one, "server2");
        OnBoth(node => node.Catalogue.Change("server2", backend => backend.Drained));
        Tell(_one, _other);
        _other.Idle(TimeSpan.FromHours(2.1));
        Assert.NotEqual("server2", BackendOf(_other, ports[0]));
    }

    [Theory]
    [InlineData(Affinity.Source)]
    [InlineData(Affinity.Addresses)]
    public void Flows_by_address_are_known_whatever_the_slot_of_their_service(Affinity affinity)
    {
        foreach (TestBalancer node in new[] { _one, _other })
        {
            // The slots come in the order of learning.
            foreach (string name in node == _one ? new[] { "a", "b" } : ["b", "a"])
            {
                node.Catalogue.Service(name, name == "a" ? "10.3.0.1" : "10.3.0.2", affinity: affinity);
                node.Publish();
            }
        }

        PacketBuilder[] packets = [.. Enumerable.Range(1, 200).Select(client => PlainTcp(client, destination: "10.3.0.2", source: $"10.0.1.{client}"))];
        string?[] before = [.. packets.Select(packet => _one.Send(packet).Backend)];
        OnBoth(node => node.Catalogue.Backend("server0", "192.168.137.10").Backend("server9", "192.168.137.99"));
        Tell(_one, _other);
        Assert.Equal(before, packets.Select(packet => _other.Send(packet).Backend));
        Assert.True(_other.Totals.ExceptionHits > 20);
    }

    [Fact]
    public void A_scan_finds_neither_ended_flows_nor_those_of_backends_that_keep_none()
    {
        Open(_one, Enumerable.Range(1000, 300));
        Assert.Empty(Find(_one).Flows);
        Assert.Equal(300, Find(_one).Seen);
        _one.Catalogue.Change("server2", backend => backend.Drained);
        _one.PublishUnseen();
        int second = Find(_one).Flows.GroupBy(flow => flow.Backend).MaxBy(group => group.Count())!.Key;
        Assert.InRange(Find(_one).Flows.Count, 70, 150);
        Assert.Empty(DivergentFlows.Find(_one.View, _one.Now + (long)TimeSpan.FromHours(2.1).TotalMilliseconds, int.MaxValue).Flows);
        _one.Catalogue.Change("server2", backend => backend.Down);
        _one.PublishUnseen();
        Assert.DoesNotContain(Find(_one).Flows, flow => flow.Backend == second);
    }

    [Fact]
    public void When_there_are_too_many_handshakes_give_way_to_connections()
    {
        foreach (int port in Enumerable.Range(1000, 200)) BackendOf(_one, port, TcpControl.Syn);
        Open(_one, Enumerable.Range(2000, 200));
        _one.Catalogue.Change("server2", backend => backend.Drained);
        _one.Publish();
        DivergentScan scan = Find(_one);
        int handshakes = scan.Flows.Count(flow => flow.State == FlowState.Opening), connections = scan.Flows.Count - handshakes;
        Assert.True(handshakes > 10 && connections > 10);

        scan = DivergentFlows.Find(_one.View, _one.Now, connections + 1);
        Assert.Equal((connections + 1, connections), (scan.Flows.Count, scan.Flows.Count(flow => flow.State == FlowState.Established)));
        Assert.Equal(handshakes - 1, scan.Overflowed);
        scan = DivergentFlows.Find(_one.View, _one.Now, connections - 1);
        Assert.Equal((connections - 1, 1 + handshakes), (scan.Flows.Count, (int)scan.Overflowed));
    }

    private static Dictionary<int, string?> Open(TestBalancer node, IEnumerable<int> ports) => ports.ToDictionary(port => port, port => BackendOf(node, port));

    private static int[] PortsOf(TestBalancer node, string backend) => [.. Enumerable.Range(20000, 500).Where(port => BackendOf(node, port) == backend).Take(10)];

    private static string? BackendOf(TestBalancer node, int port, TcpControl flags = TcpControl.Ack) => node.Send(PlainTcp(port, flags)).Backend;

    private static DivergentScan Find(TestBalancer node, Dictionary<ulong, int>? told = null) => DivergentFlows.Find(node.View, node.Now, int.MaxValue, told);

    private static void Tell(TestBalancer from, TestBalancer to, Dictionary<ulong, int>? told = null)
    {
        ExceptionWriter writer = new(to.View);
        foreach (DivergentFlow flow in Find(from, told).Flows)
        {
            uint idle = (uint)(from.Now / 1000) - (flow.Age * (uint)FlowMeta.TimeUnitSeconds) + (FlowClock.IdleLimit(flow.Class, flow.State) * FlowMeta.TimeUnitSeconds);
            Assert.True(writer.TrySet(flow.Hash, flow.Backend, flow.Class, flow.State, idle));
        }
    }

    private static void Clear(TestBalancer node)
    {
        ExceptionWriter writer = new(node.View);
        foreach ((ulong hash, _) in writer.Entries()) writer.Remove(hash);
    }

    private void OnBoth(Action<TestBalancer> change)
    {
        foreach (TestBalancer node in new[] { _one, _other })
        {
            change(node);
            node.Publish();
        }
    }

    /// <summary>What a balancer without any memory would choose now.</summary>
    private static string? Fresh(int port)
    {
        using TestBalancer fresh = new();
        fresh.Catalogue.Service("web", Vip).Backends(3).Backend("server0", "192.168.137.10");
        fresh.Publish();
        return BackendOf(fresh, port);
    }
}
