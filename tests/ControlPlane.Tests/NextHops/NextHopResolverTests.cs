using System.Net;
using RustyRail.ControlPlane.Native;
using RustyRail.ControlPlane.NextHops;
using static ControlPlane.Tests.NextHops.Views;
using static RustyRail.Actors.Protocol.TablesProtocol;

namespace ControlPlane.Tests.NextHops;

public sealed class NextHopResolverTests
{
    [Theory]
    [InlineData(RtnetlinkAbi.NUD_REACHABLE)]
    [InlineData(RtnetlinkAbi.NUD_STALE)]
    [InlineData(RtnetlinkAbi.NUD_DELAY)]
    [InlineData(RtnetlinkAbi.NUD_PROBE)]
    [InlineData(RtnetlinkAbi.NUD_PERMANENT)]
    [InlineData(RtnetlinkAbi.NUD_NOARP)]
    public void A_server_on_the_link_is_its_own_next_hop(ushort state) => Assert.Equal(
        new NextHop(Server, ServerMac, OwnMac, Own, 1500, null),
        NextHopResolver.Resolve(Server, With(OnLink, neighbours: Neighbour(Server, state))));

    [Fact]
    public void Behind_a_gateway_the_frame_goes_to_the_gateway() => Assert.Equal(
        new NextHop(Server, ServerMac, OwnMac, Own, 1500, null) { Gateway = Gateway },
        NextHopResolver.Resolve(Server, With(OnLink with { Gateway = Gateway }, neighbours: Neighbour(Gateway, RtnetlinkAbi.NUD_REACHABLE))));

    [Fact]
    public void The_mtu_of_the_route_goes_before_that_of_the_link() =>
        Assert.Equal(1400, NextHopResolver.Resolve(Server, With(OnLink with { MtuBytes = 1400 }, neighbours: Neighbour(Server, RtnetlinkAbi.NUD_REACHABLE))).MtuBytes);

    [Theory]
    [InlineData(RtnetlinkAbi.NUD_INCOMPLETE)]
    [InlineData(RtnetlinkAbi.NUD_FAILED)]
    [InlineData(0)]
    public void A_neighbour_that_does_not_answer_is_a_problem(ushort state)
    {
        AssertProblem("neighbour 192.168.137.11 does not answer", With(OnLink, neighbours: Neighbour(Server, state)));
        AssertProblem("gateway 192.168.137.1 does not answer", With(OnLink with { Gateway = Gateway }, neighbours: Neighbour(Gateway, state)), Gateway);
    }

    [Fact]
    public void A_neighbour_that_the_kernel_refuses_is_told_with_its_words()
    {
        KernelView view = With(OnLink);
        AssertProblem("neighbour 192.168.137.11: the table is full", view with { Refusals = view.Refusals.Add(Server, "the table is full") });
    }

    [Fact]
    public void The_device_is_looked_at_first()
    {
        AssertProblem("there is no device eth0", With(OnLink) with { Device = null });
        AssertProblem("eth0 is down", With(null, Libc.ENETUNREACH, Eth0 with { IsUp = false }));
        AssertProblem("eth0 has no carrier", With(OnLink, 0, Eth0 with { HasCarrier = false }));
        AssertProblem("eth0 has no Ethernet address", With(OnLink, 0, Eth0 with { Address = null }));
    }

    [Theory]
    [InlineData(Libc.ENETUNREACH, "no route")]
    [InlineData(Libc.EHOSTUNREACH, "no route: it is set to unreachable")]
    [InlineData(Libc.EACCES, "no route: it is set to prohibit")]
    [InlineData(Libc.EINVAL, "no route: it is set to blackhole")]
    [InlineData(12, "no route: Cannot allocate memory")]
    public void No_route_says_why(int errno, string problem) => AssertProblem(problem, With(null, errno));

    [Theory]
    [InlineData(RtnetlinkAbi.RTN_UNREACHABLE, "no route: it is set to unreachable")]
    [InlineData(RtnetlinkAbi.RTN_PROHIBIT, "no route: it is set to prohibit")]
    [InlineData(RtnetlinkAbi.RTN_BLACKHOLE, "no route: it is set to blackhole")]
    public void An_IPv6_route_that_leads_nowhere_says_so_by_its_type(byte type, string problem) => AssertProblem(problem, With(OnLink with { Type = type, Device = 1 }));

    [Fact]
    public void The_mtu_for_IPv6_may_be_less_than_the_links_and_counts_for_IPv6_alone()
    {
        Link link = Eth0 with { Ipv6MtuBytes = 1380 };

        Assert.Equal((1500, 1380), (link.MtuFor(Server), link.MtuFor(IPAddress.Parse("2001:db8::1"))));
        Assert.Equal(1500, Eth0.MtuFor(IPAddress.Parse("2001:db8::1")));
        Assert.Equal(1300, (link with { MtuBytes = 1300 }).MtuFor(IPAddress.Parse("2001:db8::1")));
    }

    [Fact]
    public void A_route_must_leave_by_the_dataplanes_device()
    {
        AssertProblem("route leaves by eth1, not by the dataplane's eth0", With(OnLink with { Device = 3 }));
        AssertProblem("route leaves by a device that is gone, not by the dataplane's eth0", With(OnLink with { Device = 4 }));
    }

    [Fact]
    public void Addresses_that_are_no_servers_are_problems()
    {
        AssertProblem("192.168.137.11 is an address of this host", With(OnLink with { Type = RtnetlinkAbi.RTN_LOCAL, Device = 1 }));
        AssertProblem("192.168.137.11 is a broadcast or multicast address", With(OnLink with { Type = 3 }));
        AssertProblem("eth0 has no address to send from", With(OnLink with { Source = null }, neighbours: Neighbour(Server, RtnetlinkAbi.NUD_REACHABLE)));
    }

    private static void AssertProblem(string problem, KernelView view, IPAddress? gateway = null)
    {
        NextHop hop = NextHopResolver.Resolve(Server, view);
        Assert.Equal(new NextHop(Server, null, null, null, 0, problem) { Gateway = gateway }, hop);
    }
}
