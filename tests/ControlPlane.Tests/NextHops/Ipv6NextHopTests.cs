using System.Net;
using System.Net.NetworkInformation;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using RustyRail.ControlPlane.NextHops;
using static RustyRail.Actors.Protocol.TablesProtocol;

namespace ControlPlane.Tests.NextHops;

/// <summary>As <see cref="NextHopActorTests"/>, for IPv6: against the kernel itself, in namespaces.</summary>
public sealed class Ipv6NextHopTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly IPAddress Server = IPAddress.Parse("2001:db8::2");
    private static readonly IPAddress Remote = IPAddress.Parse("2001:db8:9::7");
    private static readonly IPAddress Own = IPAddress.Parse("2001:db8::1");
    private static readonly PhysicalAddress ServerMac = PhysicalAddress.Parse(TwoNamespaces.ServerMac);

    [SkippableFact]
    public void A_server_on_the_link_is_found_beside_one_of_the_other_family()
    {
        using TwoNamespaces hosts = WithIpv6();
        IPAddress four = IPAddress.Parse("192.0.2.2");
        Start(hosts, Server, four);

        NextHop hop = Await(Server, hop => hop.Problem is null);

        Assert.Equal(new NextHop(Server, ServerMac, PhysicalAddress.Parse(TwoNamespaces.BalancerMac), Own, 1500, null), hop);
        Assert.Equal(IPAddress.Parse("192.0.2.1"), Await(four, hop => hop.Problem is null).Source);
    }

    [SkippableFact]
    public void A_server_behind_a_gateway_is_found_and_lost_with_its_route()
    {
        using TwoNamespaces hosts = WithIpv6();
        Start(hosts, Remote);
        Await(Remote, hop => hop.Problem == "no route");

        hosts.OnBalancer("ip -6 route add 2001:db8:9::/64 via 2001:db8::2 mtu 1400");
        NextHop hop = Await(Remote, hop => hop.Problem is null);
        Assert.Equal((ServerMac, Own, 1400, Server), (hop.DestinationMac, hop.Source, hop.MtuBytes, hop.Gateway));

        foreach (string kind in (string[])["unreachable", "prohibit", "blackhole"])
        {
            hosts.OnBalancer("ip -6 route del 2001:db8:9::/64");
            Await(Remote, hop => hop.Problem == "no route");
            hosts.OnBalancer($"ip -6 route add {kind} 2001:db8:9::/64");
            Await(Remote, hop => hop.Problem == $"no route: it is set to {kind}");
        }

        hosts.OnBalancer("ip -6 rule add to 2001:db8:9::/64 table 7");
        hosts.OnBalancer("ip -6 route add 2001:db8:9::/64 via 2001:db8::2 table 7");
        Await(Remote, hop => hop.Problem is null);
        hosts.OnBalancer("ip -6 rule del to 2001:db8:9::/64 table 7");
        Await(Remote, hop => hop.Problem == "no route: it is set to blackhole");
    }

    [SkippableFact]
    public void A_link_local_gateway_serves_but_a_link_local_source_does_not_pass_it()
    {
        using TwoNamespaces hosts = new();
        hosts.OnServer("ip addr add fe80::2/64 dev eth0 nodad");
        hosts.OnBalancer("ip addr add fe80::1/64 dev eth0 nodad");
        hosts.OnBalancer("ip -6 route add 2001:db8:9::/64 via fe80::2 dev eth0");
        Start(hosts, Remote);
        Await(Remote, hop => hop.Problem == "eth0 has only a link-local address to send from, and gateway fe80::2 would not pass that on");

        // Without "nodad": it may be used once nobody has objected.
        hosts.OnBalancer("ip addr add 2001:db8::1/64 dev eth0");

        NextHop hop = Await(Remote, hop => hop.Problem is null);
        Assert.Equal((ServerMac, Own, IPAddress.Parse("fe80::2")), (hop.DestinationMac, hop.Source, hop.Gateway));
        hosts.OnBalancer("ip addr del 2001:db8::1/64 dev eth0");
        Await(Remote, hop => hop.Problem is not null);
    }

    [SkippableFact]
    public void A_smaller_mtu_that_a_router_announces_is_followed()
    {
        using TwoNamespaces hosts = WithIpv6();
        Start(hosts, Server);
        Assert.Equal(1500, Await(Server, hop => hop.Problem is null).MtuBytes);

        hosts.AnnounceMtu(1380);

        Await(Server, hop => hop.MtuBytes == 1380);
        hosts.OnBalancer("ip link set eth0 mtu 1300");
        Await(Server, hop => hop.MtuBytes == 1300);
    }

    [SkippableFact]
    public void A_new_mac_of_the_server_is_followed()
    {
        using TwoNamespaces hosts = WithIpv6();
        Start(hosts, Server);
        Await(Server, hop => hop.Problem is null);

        hosts.OnServer("ip link set eth0 address 02:00:00:00:00:99");
        hosts.OnServer("ping -c 1 -W 2 2001:db8::1");

        Await(Server, hop => Equals(hop.DestinationMac, PhysicalAddress.Parse("02:00:00:00:00:99")));
    }

    [SkippableFact]
    public void A_server_that_falls_silent_is_a_problem_until_it_is_back()
    {
        using TwoNamespaces hosts = WithIpv6();
        Start(hosts, Server);
        Await(Server, hop => hop.Problem is null);

        hosts.OnServer("ip addr del 2001:db8::2/64 dev eth0");
        Await(Server, hop => hop.Problem == "neighbour 2001:db8::2 does not answer");
        hosts.OnServer("ip addr add 2001:db8::2/64 dev eth0 nodad");
        Await(Server, hop => hop.Problem is null);
    }

    [SkippableFact]
    public void The_kernel_keeps_what_is_needed_and_lets_go_of_the_rest()
    {
        using TwoNamespaces hosts = WithIpv6();
        hosts.OnBalancer("ip neigh add 2001:db8::3 lladdr 02:00:00:00:00:03 dev eth0 nud permanent");
        IPAddress byHand = IPAddress.Parse("2001:db8::3");
        IActorRef actor = Start(hosts, Server, byHand);
        Await(Server, hop => hop.Problem is null);
        AwaitAssert(() => Assert.Contains("managed", hosts.OnBalancer("ip neigh show 2001:db8::2 dev eth0")), Patience);

        actor.Tell(new ResolveNextHops([byHand]), TestActor);

        AwaitAssert(() => Assert.DoesNotContain("managed", hosts.OnBalancer("ip neigh show 2001:db8::2 dev eth0")), Patience);
        Assert.Equal("2001:db8::3 lladdr 02:00:00:00:00:03 PERMANENT", hosts.OnBalancer("ip neigh show 2001:db8::3 dev eth0").Trim());
    }

    [SkippableFact]
    public void Own_and_group_addresses_and_other_devices_are_problems()
    {
        using TwoNamespaces hosts = WithIpv6();
        hosts.OnBalancer("ip link add eth1 type veth peer name peer1");
        hosts.OnBalancer("ip link set eth1 up");
        hosts.OnBalancer("ip link set peer1 up");
        hosts.OnBalancer("ip -6 route add 2001:db8:9::/64 dev eth1");
        IPAddress group = IPAddress.Parse("ff0e::1");
        Start(hosts, Own, group, Remote);

        Await(Own, hop => hop.Problem == "2001:db8::1 is an address of this host");
        Await(group, hop => hop.Problem == "ff0e::1 is a broadcast or multicast address");
        Await(Remote, hop => hop.Problem == "route leaves by eth1, not by the dataplane's eth0");
    }

    private static TwoNamespaces WithIpv6()
    {
        TwoNamespaces hosts = new();
        hosts.OnServer("ip addr add 2001:db8::2/64 dev eth0 nodad");
        hosts.OnBalancer("ip addr add 2001:db8::1/64 dev eth0 nodad");
        return hosts;
    }

    private IActorRef Start(TwoNamespaces hosts, params IPAddress[] addresses)
    {
        RtnetlinkOpener open = hosts.Opener;
        IActorRef actor = Sys.ActorOf(Props.Create(() => new NextHopActor("eth0", open)));
        actor.Tell(new ResolveNextHops([.. addresses]), TestActor);
        return actor;
    }

    // The last answer counts when the next one is the same.
    private NextHop Await(IPAddress address, Predicate<NextHop> condition)
    {
        if (_last is { } last && condition(last.ByAddress[address])) return last.ByAddress[address];
        _last = (NextHopsChanged)FishForMessage(message => message is NextHopsChanged changed && condition((_last = changed).ByAddress[address]), Patience);
        return _last.ByAddress[address];
    }

    private NextHopsChanged? _last;
}
