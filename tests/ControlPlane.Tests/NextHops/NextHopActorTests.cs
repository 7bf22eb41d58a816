using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using RustyRail.ControlPlane.Native;
using RustyRail.ControlPlane.NextHops;
using static RustyRail.Actors.Protocol.TablesProtocol;

namespace ControlPlane.Tests.NextHops;

/// <summary>Against the kernel itself, in namespaces.</summary>
public sealed class NextHopActorTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly IPAddress Server = IPAddress.Parse("192.0.2.2");
    private static readonly IPAddress Remote = IPAddress.Parse("198.51.100.7");

    [SkippableFact]
    public void A_server_on_the_link_is_found()
    {
        using TwoNamespaces hosts = new();
        Start(hosts, Server);

        NextHop hop = Await(Server, hop => hop.Problem is null);

        Assert.Equal(new NextHop(Server, Mac(TwoNamespaces.ServerMac), Mac(TwoNamespaces.BalancerMac), IPAddress.Parse("192.0.2.1"), 1500, null), hop);
    }

    [SkippableFact]
    public void A_server_behind_a_gateway_is_found_and_lost_with_its_route()
    {
        using TwoNamespaces hosts = new();
        Start(hosts, Remote);
        Await(Remote, hop => hop.Problem == "no route");

        hosts.OnBalancer("ip route add 198.51.100.0/24 via 192.0.2.2 src 192.0.2.1 mtu 1400");
        NextHop hop = Await(Remote, hop => hop.Problem is null);
        Assert.Equal((Mac(TwoNamespaces.ServerMac), 1400), (hop.DestinationMac, hop.MtuBytes));

        hosts.OnBalancer("ip route del 198.51.100.0/24");
        Await(Remote, hop => hop.Problem == "no route");
        hosts.OnBalancer("ip route add unreachable 198.51.100.0/24");
        Await(Remote, hop => hop.Problem == "no route: it is set to unreachable");
    }

    [SkippableFact]
    public void An_ipv6_gateway_of_an_ipv4_route_serves_as_well()
    {
        using TwoNamespaces hosts = new();
        hosts.OnServer("ip addr add fd00::2/64 dev eth0 nodad");
        hosts.OnBalancer("ip addr add fd00::1/64 dev eth0 nodad");
        hosts.OnBalancer("ip route add 198.51.100.0/24 via inet6 fd00::2 dev eth0");
        Start(hosts, Remote);

        Assert.Equal(Mac(TwoNamespaces.ServerMac), Await(Remote, hop => hop.Problem is null).DestinationMac);
    }

    [SkippableFact]
    public void A_route_by_another_device_is_a_problem_that_names_it()
    {
        using TwoNamespaces hosts = new();
        hosts.OnBalancer("ip link add eth1 type veth peer name peer1");
        hosts.OnBalancer("ip link set eth1 up");
        hosts.OnBalancer("ip link set peer1 up");
        hosts.OnBalancer("ip route add 198.51.100.0/24 dev eth1 src 192.0.2.1");
        Start(hosts, Remote);

        Await(Remote, hop => hop.Problem == "route leaves by eth1, not by the dataplane's eth0");
    }

    [SkippableFact]
    public void A_new_mac_of_the_server_is_followed()
    {
        using TwoNamespaces hosts = new();
        Start(hosts, Server);
        Await(Server, hop => hop.Problem is null);

        hosts.OnServer("ip link set eth0 address 02:00:00:00:00:99");
        hosts.OnServer("ping -c 1 -W 1 192.0.2.1");

        Await(Server, hop => Equals(hop.DestinationMac, Mac("02:00:00:00:00:99")));
    }

    [SkippableFact]
    public void A_server_that_falls_silent_is_a_problem_until_it_is_back()
    {
        using TwoNamespaces hosts = new();
        Start(hosts, Server);
        Await(Server, hop => hop.Problem is null);

        hosts.OnServer("ip addr del 192.0.2.2/24 dev eth0");
        Await(Server, hop => hop.Problem == "neighbour 192.0.2.2 does not answer");
        hosts.OnServer("ip addr add 192.0.2.2/24 dev eth0");
        Await(Server, hop => hop.Problem is null);
    }

    [SkippableFact]
    public void The_device_may_go_down_and_up_and_be_made_again()
    {
        using TwoNamespaces hosts = new();
        Start(hosts, Server);
        Await(Server, hop => hop.Problem is null);

        hosts.OnServer("ip link set eth0 down");
        Await(Server, hop => hop.Problem == "eth0 has no carrier");
        hosts.OnServer("ip link set eth0 up");
        Await(Server, hop => hop.Problem is null);
        hosts.OnBalancer("ip link set eth0 down");
        Await(Server, hop => hop.Problem == "eth0 is down");
        hosts.OnBalancer("ip link set eth0 up");
        Await(Server, hop => hop.Problem is null);
        hosts.OnBalancer("ip link del eth0");
        Await(Server, hop => hop.Problem == "there is no device eth0");
        hosts.MakePair(balancerMac: "02:00:00:00:00:77");
        Assert.Equal(Mac("02:00:00:00:00:77"), Await(Server, hop => hop.Problem is null).SourceMac);
    }

    [SkippableFact]
    public void The_kernel_keeps_what_is_needed_and_lets_go_of_the_rest()
    {
        using TwoNamespaces hosts = new();
        hosts.OnBalancer("ip neigh add 192.0.2.3 lladdr 02:00:00:00:00:03 dev eth0 nud permanent");
        IPAddress byHand = IPAddress.Parse("192.0.2.3");
        IActorRef actor = Start(hosts, Server, byHand);
        Await(Server, hop => hop.Problem is null);
        AwaitAssert(() => Assert.Contains("managed", hosts.OnBalancer("ip neigh show 192.0.2.2 dev eth0")), Patience);

        actor.Tell(new ResolveNextHops([byHand]), TestActor);

        AwaitAssert(() => Assert.DoesNotContain("managed", hosts.OnBalancer("ip neigh show 192.0.2.2 dev eth0")), Patience);
        Assert.Equal("192.0.2.3 lladdr 02:00:00:00:00:03 PERMANENT", hosts.OnBalancer("ip neigh show 192.0.2.3 dev eth0").Trim());
    }

    [SkippableFact]
    public void A_full_neighbour_table_is_told_as_such_and_hurts_no_other()
    {
        using TwoNamespaces hosts = new();
        hosts.OnBalancer("ip addr add 172.16.0.1/12 dev eth0");
        // More than gc_thresh3 allows: it is the machine's, so what is asked for here is its default and some.
        IPAddress[] many = [.. Enumerable.Range(2, 1500).Select(i => new IPAddress([172, 16, (byte)(i >> 8), (byte)i]))];
        Start(hosts, [Server, .. many]);

        int limit = int.Parse(File.ReadAllText("/proc/sys/net/ipv4/neigh/default/gc_thresh3"), System.Globalization.CultureInfo.InvariantCulture);
        Skip.If(limit > 1500, $"gc_thresh3 is {limit} here");
        // What the kernel refuses is told after what it answers at once. A server that is refused itself has its turn once the kernel gives up
        // others: it makes room every five seconds at most.
        int refused = 0;
        FishForMessage<NextHopsChanged>(
            changed =>
            {
                refused = changed.ByAddress.Values.Count(hop => hop.Problem?.Contains("neighbour table is full", StringComparison.Ordinal) == true);
                return refused > 0 && changed.ByAddress[Server].Problem is null;
            },
            3 * Patience);
        Assert.InRange(refused, 1, many.Length - 1);
    }

    [SkippableFact]
    public void A_restart_goes_on_telling_without_being_asked()
    {
        using TwoNamespaces hosts = new();
        TestActorRef<Parent> parent = ActorOfAsTestActorRef<Parent>(Props.Create(() => new Parent(hosts.Opener)));
        parent.UnderlyingActor.Child.Tell(new ResolveNextHops([Server]), TestActor);
        Await(Server, hop => hop.Problem is null);

        parent.UnderlyingActor.Child.Tell(Kill.Instance);
        Await(Server, hop => hop.Problem is null);
        hosts.OnServer("ip addr del 192.0.2.2/24 dev eth0");
        Await(Server, hop => hop.Problem == "neighbour 192.0.2.2 does not answer");
    }

    [SkippableFact]
    public void Sockets_that_cannot_be_opened_are_tried_again()
    {
        using TwoNamespaces hosts = new();
        int refusals = 4;
        RtnetlinkOpener open = groups => Interlocked.Decrement(ref refusals) >= 0 ? throw new RtnetlinkException("socket(AF_NETLINK)", 24) : hosts.Opener(groups);
        IActorRef actor = Sys.ActorOf(Props.Create(() => new NextHopActor("eth0", open)));
        actor.Tell(new ResolveNextHops([Server]), TestActor);

        Await(Server, hop => hop.Problem is null);
        hosts.OnBalancer("ip link set eth0 down");
        Await(Server, hop => hop.Problem == "eth0 is down");
    }

    [SkippableFact]
    public async Task Lost_notifications_have_everything_read_again()
    {
        using TwoNamespaces hosts = new();
        using (RtnetlinkSocket deaf = hosts.Opener([RtnetlinkAbi.RTNLGRP_IPV4_ROUTE]))
        {
            hosts.ShellOnBalancer("for i in $(seq 20000); do echo route add 10.$((i/250)).$((i%250)).0/24 dev eth0; done | ip -batch -");
            SocketException lost = await Assert.ThrowsAsync<SocketException>(() => deaf.ReceiveAsync());
            Assert.Equal(SocketError.NoBufferSpaceAvailable, lost.SocketErrorCode);
        }

        IActorRef actor = Start(hosts, Server);
        Await(Server, hop => hop.Problem is null);
        int before = hosts.Opened;
        actor.Tell(NotificationsLost.Instance);
        AwaitCondition(() => hosts.Opened > before, Patience);
    }

    [SkippableFact]
    public void Asking_the_same_again_is_answered_at_once()
    {
        using TwoNamespaces hosts = new();
        IActorRef actor = Start(hosts, Server);
        Await(Server, hop => hop.Problem is null);

        actor.Tell(new ResolveNextHops([Server]), TestActor);

        ExpectMsg<NextHopsChanged>(changed => Assert.Null(changed.ByAddress[Server].Problem), Patience);
    }

    private IActorRef Start(TwoNamespaces hosts, params IPAddress[] addresses)
    {
        RtnetlinkOpener open = hosts.Opener;
        IActorRef actor = Sys.ActorOf(Props.Create(() => new NextHopActor("eth0", open)));
        actor.Tell(new ResolveNextHops([.. addresses]), TestActor);
        return actor;
    }

    private NextHop Await(IPAddress address, Predicate<NextHop> condition) =>
        ((NextHopsChanged)FishForMessage(message => message is NextHopsChanged changed && condition(changed.ByAddress[address]), Patience)).ByAddress[address];

    private static PhysicalAddress Mac(string text) => PhysicalAddress.Parse(text);

    private sealed class Parent(RtnetlinkOpener open) : UntypedActor
    {
        public IActorRef Child { get; private set; } = ActorRefs.Nobody;

        protected override void PreStart() => Child = Context.ActorOf(Props.Create(() => new NextHopActor("eth0", open)));

        protected override void OnReceive(object message) => Unhandled(message);

        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Restart);
    }
}
