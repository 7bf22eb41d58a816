using RustyRail.Contract.Specification;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Memory;
using RustyRail.Tests.Support.Packets;
using RustyRail.Tests.Support.Regions;
using static Dataplane.Tests.Forwarding.Traffic;

namespace Dataplane.Tests.Forwarding.Steering;

/// <summary>One worker for all packets of a flow and for what belongs to it; what belongs to none stays with the first.</summary>
public sealed class WorkerChoiceTests : IDisposable
{
    private const string BySource = "10.1.0.2", ByAddresses = "10.1.0.3", Split = "10.1.0.4", Ipv6Vip = "2001:db8:1::1", Hop = "203.0.113.9";
    private const int Workers = 5;

    private readonly WakeEvent _wake = new();
    private readonly MemoryWire _wire = new();
    private readonly SteeredBalancer<MemoryPort> _balancer;
    private readonly Random _random = new(11);

    public WorkerChoiceTests()
    {
        _balancer = new SteeredBalancer<MemoryPort>(Workers, new MemoryPort(_wire), _wake);
        _balancer.Catalogue.Service("web", Vip).Service("dns", Vip, Protocol.Udp, new PortRange(53, 53)).Service("web6", Ipv6Vip + "/128")
            .Service("source", BySource, Protocol.Any, PortRange.Any, affinity: Affinity.Source).Service("addresses", ByAddresses, Protocol.Any, PortRange.Any, affinity: Affinity.Addresses)
            .Service("split", Split).Service("split-tls", Split, ports: new PortRange(443, 443), pool: "tls").Backends(3).Backend("tls1", "192.168.137.50", pool: "tls");
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
    public void All_packets_of_a_connection_and_the_errors_about_it_go_to_one_worker()
    {
        for (int i = 0; i < 200; i++)
        {
            (string client, int port) = ($"10.0.{_random.Next(256)}.{1 + _random.Next(250)}", 1024 + _random.Next(60_000));
            PacketBuilder Segment(TcpControl flags, int bytes = 100, byte[]? options = null) =>
                PacketBuilder.Bare.Ipv4(client, Vip, ip => ip with { Options = options ?? [] }).Tcp(port, 80, flags).PayloadOf(bytes);
            PacketBuilder refused = PacketBuilder.Bare.Ipv4(Vip, client).Tcp(80, port).PayloadOf(500), fragmented = Segment(TcpControl.Ack, 300);
            AssertOneWorker(
                [
                    PacketBuilder.Ethernet().Then(Segment(TcpControl.Syn)), FromRouter().Then(Segment(TcpControl.Ack)), FromRouter().Then(Segment(TcpControl.Ack)),
                    PacketBuilder.Ethernet().Ipv6("2001:db8:137::1", "2001:db8:137::188").Gre().Then(Segment(TcpControl.Ack)),
                    PacketBuilder.Ethernet().Vlan(7).Then(Segment(TcpControl.Ack)), FromRouter().Then(Segment(TcpControl.Ack, options: [1, 1, 1, 0])),
                    FromRouter(gre: gre => gre with { Key = 5 }).Then(Segment(TcpControl.Ack | TcpControl.Fin)), PacketBuilder.Ethernet().Then(Segment(TcpControl.Rst, 0)).PadTo(60),
                    FromRouter().Then(fragmented.Fragment(0, 104, (uint)i)), FromRouter().Then(fragmented.Fragment(208, 104, (uint)i)), PacketBuilder.Ethernet().Then(fragmented.Fragment(104, 104, (uint)i)),
                    PacketBuilder.Ethernet().Ipv4(Hop, Vip).Icmp(3, 4).Embedded(refused, 28), FromRouter().Ipv4(Hop, Vip).Icmp(11, 0).Embedded(refused, 28),
                ]);
        }
    }

    [Fact]
    public void The_same_holds_for_ipv6()
    {
        for (int i = 0; i < 100; i++)
        {
            (string client, int port) = ($"2001:db8:c:{_random.Next(65536):x}::{1 + _random.Next(65000):x}", 1024 + _random.Next(60_000));
            PacketBuilder segment = PacketBuilder.Bare.Ipv6(client, Ipv6Vip).Tcp(port, 80).PayloadOf(300), refused = PacketBuilder.Bare.Ipv6(Ipv6Vip, client).Tcp(80, port).PayloadOf(500);
            AssertOneWorker(
                [
                    PacketBuilder.Ethernet().Then(segment), FromRouter().Then(segment),
                    PacketBuilder.Ethernet().Ipv6(client, Ipv6Vip).HopByHop().DestinationOptions().Tcp(port, 80),
                    PacketBuilder.Ethernet().Then(segment.Fragment(0, 104, (uint)i)), PacketBuilder.Ethernet().Then(segment.Fragment(104, 104, (uint)i)),
                    PacketBuilder.Ethernet().Ipv6("2001:db8:f::9", Ipv6Vip).Icmpv6(2).Embedded(refused, 100),
                ]);
        }
    }

    [Fact]
    public void A_clients_connections_to_a_service_by_source_meet_at_one_worker()
    {
        for (int i = 0; i < 100; i++)
        {
            string client = $"10.0.{_random.Next(256)}.{1 + _random.Next(250)}";
            foreach (string vip in (string[])[BySource, ByAddresses])
            {
                PacketBuilder fragmented = PacketBuilder.Bare.Ipv4(client, vip).Udp(1, 2).PayloadOf(300);
                AssertOneWorker(
                    [
                        .. Enumerable.Range(0, 5).Select(_ => FromRouter().Client4(vip, client).Tcp(_random.Next(65536), _random.Next(65536))),
                        PacketBuilder.Ethernet().Client4(vip, client).Udp(_random.Next(65536), 53), PacketBuilder.Ethernet().Client4(vip, client).Icmp(),
                        // Before the first of its packet, and after.
                        FromRouter().Then(fragmented.Fragment(104, 104, (uint)i)), FromRouter().Then(fragmented.Fragment(0, 104, (uint)i)), FromRouter().Then(fragmented.Fragment(208, 104, (uint)i)),
                    ]);
            }
        }
    }

    [Fact]
    public void Flows_are_spread_evenly_over_the_workers_behind_the_first()
    {
        int[] flows = new int[Workers];
        for (int i = 0; i < 4000; i++) flows[Send(RouterTcp(1024 + i))]++;
        Assert.Equal(0, flows[0]);
        foreach (int count in flows[1..]) Assert.InRange(count, 850, 1150);
    }

    [Fact]
    public void A_fragment_whose_first_is_unknown_goes_by_its_addresses_if_they_name_a_service()
    {
        PacketBuilder web = PacketBuilder.Bare.Ipv4(Client, Vip).Tcp(5, 80).PayloadOf(300), split = PacketBuilder.Bare.Ipv4(Client, Split).Tcp(5, 443).PayloadOf(300);
        int worker = Send(FromRouter().Then(web.Fragment(104, 104, 1)));
        Assert.NotEqual(0, worker);
        Assert.Equal(worker, Send(PacketBuilder.Ethernet().Then(web.Fragment(208, 104, 2))));

        // Two services with a pool each: unknown, until the first has been seen.
        Assert.Equal(0, Send(FromRouter().Then(split.Fragment(104, 104, 1))));
        int first = Send(FromRouter().Then(split.Fragment(0, 104, 1)));
        Assert.Equal(first, Send(FromRouter().Then(split.Fragment(208, 104, 1))));
        Assert.Equal(first, _balancer.WorkerOf(FromRouter().Then(split).Build()));
    }

    [Fact]
    public void What_belongs_to_no_flow_stays_with_the_first()
    {
        foreach (PacketBuilder packet in (PacketBuilder[])
            [
                PacketBuilder.Ethernet(type: 0x0806).PayloadOf(28), PlainTcp(destination: "192.168.137.188"), PacketBuilder.Ethernet().Client4().Tcp(1, 443),
                PacketBuilder.Ethernet().Client4().Icmp(), PacketBuilder.Ethernet().Client4(with: ip => ip with { ChecksumError = 1 }).Tcp(1, 80),
                PacketBuilder.Ethernet().Ipv4(Hop, Vip).Icmp(3, 1).Embedded(PacketBuilder.Bare.Ipv4("10.9.9.9", Client).Tcp(80, 1).PayloadOf(20)),
                FromRouter().Client4("10.9.9.9").Tcp(1, 80), FromRouter(gre: gre => gre with { MoreFlags = 1 }).Client4().Tcp(1, 80),
            ]) Assert.Equal(0, Send(packet));
    }

    private void AssertOneWorker(IReadOnlyList<PacketBuilder> packets)
    {
        int[] workers = [.. packets.Select(Send)];
        Assert.NotEqual(0, workers[0]);
        Assert.All(workers, worker => Assert.Equal(workers[0], worker));
        Assert.Equal(0, _wire.OnLoan);
    }

    private int Send(PacketBuilder packet)
    {
        _wire.Enqueue(packet.Build());
        return _balancer.Turn();
    }
}
