using RustyRail.Contract.Region;
using RustyRail.Contract.Specification;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Tests.Support.Packets;
using RustyRail.Tests.Support.Regions;
using static Dataplane.Tests.Forwarding.Traffic;

namespace Dataplane.Tests.Forwarding;

public sealed class BackendChoiceTests : IDisposable
{
    private readonly TestBalancer _balancer = TestBalancer.WithWeb(backends: 3);

    [Fact]
    public void New_flows_are_spread_over_all_backends()
    {
        Dictionary<string, int> counts = Enumerable.Range(1000, 900).Select(port => BackendOf(port, TcpControl.Syn)!).GroupBy(name => name).ToDictionary(group => group.Key, group => group.Count());
        Assert.Equal(3, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 230, 370));
        Assert.Equal(900ul, _balancer.Totals.FlowsInserted);
    }

    [Fact]
    public void Plain_and_router_made_packets_of_one_flow_go_the_same_way()
    {
        for (int port = 1000; port < 1050; port++) Assert.Equal(_balancer.Send(PlainTcp(port)).Backend, _balancer.Send(RouterTcp(port)).Backend);
        Assert.Equal((50ul, 50ul), (_balancer.Totals.FlowsInserted, _balancer.Totals.FlowHits));
    }

    [Fact]
    public void A_draining_backend_keeps_its_flows_and_gets_no_new_ones()
    {
        int[] old = PortsOf("server2");
        Change("server2", backend => backend.Drained);
        Assert.All(old, port => Assert.Equal("server2", BackendOf(port)));
        Assert.All(Enumerable.Range(5000, 300), port => Assert.NotEqual("server2", BackendOf(port, TcpControl.Syn)));
        // The client closed, and opens again from the same port: that is a new flow.
        int reused = old[0];
        BackendOf(reused, TcpControl.Fin | TcpControl.Ack);
        Assert.Equal("server2", BackendOf(reused));
        string? moved = BackendOf(reused, TcpControl.Syn);
        Assert.NotEqual("server2", moved);
        Assert.Equal(moved, BackendOf(reused));
        // A SYN within a connection may be forged and changes nothing.
        Assert.Equal("server2", BackendOf(old[1], TcpControl.Syn));
    }

    [Fact]
    public void A_connection_that_begins_anew_within_one_batch_stays_with_its_new_backend()
    {
        int reused = PortsOf("server2")[0];
        Change("server2", backend => backend.Drained);
        BackendOf(reused);
        BackendOf(reused);
        TcpControl[] burst = [TcpControl.Ack, TcpControl.Fin | TcpControl.Ack, TcpControl.Syn, TcpControl.Ack, TcpControl.Ack];
        foreach (TcpControl control in burst) _balancer.Wire.Enqueue(RouterTcp(reused, control).Build());
        Assert.Equal(burst.Length, _balancer.Worker.Turn(_balancer.Now));
        string[] went = [.. _balancer.Wire.Transmitted.Select(frame => Convert.ToHexString(frame, 30, 4))];
        Assert.Equal(went[0], went[1]);
        Assert.NotEqual(went[1], went[2]);
        Assert.Equal([went[2], went[2]], went[3..]);
    }

    [Fact]
    public void Flows_of_a_backend_that_is_down_or_removed_are_chosen_anew()
    {
        int[] second = PortsOf("server2"), third = PortsOf("server3");
        Change("server2", backend => backend.Down);
        Assert.All(second, port => Assert.NotEqual("server2", BackendOf(port)));
        _balancer.Catalogue.Remove("server3");
        _balancer.Publish();
        Assert.All(third, port => Assert.Equal("server1", BackendOf(port)));
        Change("server2", backend => backend with { TakesNew = true, TakesEstablished = true });
        Assert.All(third, port => Assert.Equal("server1", BackendOf(port)));
    }

    [Fact]
    public void A_backend_that_comes_takes_no_flow_from_the_others()
    {
        Dictionary<int, string?> before = Enumerable.Range(1000, 300).ToDictionary(port => port, port => BackendOf(port));
        _balancer.Catalogue.Backend("server0", "192.168.137.10");
        _balancer.Publish();
        Assert.All(before, flow => Assert.Equal(flow.Value, BackendOf(flow.Key)));
        Assert.Contains("server0", Enumerable.Range(5000, 100).Select(port => BackendOf(port)));
    }

    [Fact]
    public void No_backend_and_no_next_hop_are_counted()
    {
        Change("server1", backend => backend with { HasNextHop = false });
        _balancer.Catalogue.Remove("server2").Remove("server3");
        _balancer.Publish();
        Assert.Equal(Reason.NoNextHop, _balancer.Send(PlainTcp()).Reason);
        _balancer.Catalogue.Remove("server1");
        _balancer.Publish();
        Assert.Equal((Verdict.Dropped, Reason.NoBackend), (_balancer.Send(PlainTcp()).Verdict, _balancer.Send(PlainTcp()).Reason));
        _balancer.Catalogue.Backends(1);
        _balancer.Publish();
        Assert.Equal("server1", BackendOf(40000));
    }

    [Theory]
    [InlineData(TcpControl.Syn, TcpControl.None, 60)]
    [InlineData(TcpControl.Syn, TcpControl.Ack, 7440)]
    [InlineData(TcpControl.Ack, TcpControl.None, 7440)]
    [InlineData(TcpControl.Ack, TcpControl.Fin, 60)]
    [InlineData(TcpControl.Ack, TcpControl.Rst, 60)]
    public void An_idle_flow_is_forgotten_in_its_time(TcpControl first, TcpControl second, int seconds)
    {
        BackendOf(2000, first);
        if (second != TcpControl.None) BackendOf(2000, second);
        _balancer.Idle(TimeSpan.FromSeconds(seconds - 5));
        Assert.Equal(0ul, _balancer.Totals.FlowsExpired);
        _balancer.Idle(TimeSpan.FromSeconds(15));
        Assert.Equal(1ul, _balancer.Totals.FlowsExpired);
        BackendOf(2000);
        Assert.Equal(2ul, _balancer.Totals.FlowsInserted);
    }

    [Fact]
    public void Traffic_keeps_a_flow_alive()
    {
        BackendOf(2000, TcpControl.Syn);
        for (int i = 0; i < 10; i++)
        {
            _balancer.Idle(TimeSpan.FromSeconds(50));
            BackendOf(2000, TcpControl.Syn);
        }

        Assert.Equal((1ul, 10ul), (_balancer.Totals.FlowsInserted, _balancer.Totals.FlowHits));
    }

    [Theory]
    [InlineData(Affinity.Source)]
    [InlineData(Affinity.Addresses)]
    public void Affinity_by_address_is_blind_to_ports_and_protocol(Affinity affinity)
    {
        _balancer.Catalogue.Service("sticky", "10.3.0.0/24", Protocol.Any, PortRange.Any, affinity: affinity);
        _balancer.Publish();
        HashSet<string?> used = [];
        int differs = 0;
        for (int client = 1; client <= 60; client++)
        {
            string source = $"10.0.1.{client}";
            HashSet<string?> backends = [.. Enumerable.Range(100, 10).Select(port => _balancer.Send(PlainTcp(port, destination: "10.3.0.1", source: source)).Backend)];
            backends.Add(_balancer.Send(PacketBuilder.Ethernet().Client4("10.3.0.1", source).Icmp()).Backend);
            Assert.Single(backends);
            used.UnionWith(backends);
            if (_balancer.Send(PlainTcp(1, destination: "10.3.0.2", source: source)).Backend != backends.Single()) differs++;
        }

        Assert.Equal(3, used.Count);
        if (affinity == Affinity.Source) Assert.Equal(0, differs);
        else Assert.InRange(differs, 20, 60);
    }

    // Slots are each node's own affair; the cluster's nodes must choose alike.
    [Theory]
    [InlineData(Affinity.Source)]
    [InlineData(Affinity.Addresses)]
    [InlineData(Affinity.FiveTuple)]
    public void Nodes_choose_alike_whatever_the_order_in_which_they_learnt(Affinity affinity)
    {
        using TestBalancer other = new();
        foreach (TestBalancer node in new[] { _balancer, other })
        {
            node.Catalogue.RemoveService("web").Backends(7);
            string[] names = node == other ? ["b", "a"] : ["a", "b"];
            foreach (string name in names)
            {
                node.Catalogue.Service(name, name == "a" ? "10.3.0.1" : "10.3.0.2", affinity: affinity);
                node.Publish();
            }
        }

        for (int client = 1; client <= 100; client++)
        {
            PacketBuilder packet = PlainTcp(client, destination: "10.3.0.2", source: $"10.0.1.{client}");
            Assert.Equal(_balancer.Send(packet).Backend, other.Send(packet).Backend);
        }
    }

    [Fact]
    public void A_client_that_sticks_by_source_does_so_through_a_quiet_connection()
    {
        _balancer.Catalogue.Service("sticky", "10.3.0.1", affinity: Affinity.Source);
        _balancer.Publish();
        PacketBuilder packet = PlainTcp(1, destination: "10.3.0.1");
        string? backend = _balancer.Send(packet).Backend;
        Change(backend!, server => server.Drained);
        _balancer.Idle(TimeSpan.FromMinutes(30));
        Assert.Equal(backend, _balancer.Send(packet).Backend);
        _balancer.Idle(TimeSpan.FromHours(2.1));
        Assert.NotEqual(backend, _balancer.Send(packet).Backend);
    }

    public void Dispose() => _balancer.Dispose();

    private string? BackendOf(int port, TcpControl flags = TcpControl.Ack) => _balancer.Send(PlainTcp(port, flags)).Backend;

    /// <summary>Opens flows until that backend has ten.</summary>
    private int[] PortsOf(string backend) => [.. Enumerable.Range(20000, 500).Where(port => BackendOf(port) == backend).Take(10)];

    private void Change(string backend, Func<TestBackend, TestBackend> change)
    {
        _balancer.Catalogue.Change(backend, change);
        _balancer.Publish();
    }
}
