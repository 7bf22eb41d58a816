using System.Net;
using RustyRail.ControlPlane.Native;
using RustyRail.ControlPlane.NextHops;
using static ControlPlane.Tests.NextHops.Views;

namespace ControlPlane.Tests.NextHops;

public sealed class NeighbourCareTests
{
    [Fact]
    public void A_neighbour_that_the_kernel_does_not_keep_is_asked_for_each_time()
    {
        Assert.Equal<IPAddress>([Server], NeighbourCare.For([Server], With(OnLink)).Ask);
        Assert.Equal<IPAddress>([Server], NeighbourCare.For([Server], With(OnLink, neighbours: Neighbour(Server, RtnetlinkAbi.NUD_REACHABLE))).Ask);
    }

    [Fact]
    public void One_gateway_is_asked_for_once_whoever_is_behind_it() =>
        Assert.Equal<IPAddress>([Gateway], NeighbourCare.For([Server, Server], With(OnLink with { Gateway = Gateway })).Ask);

    [Fact]
    public void What_the_kernel_keeps_or_a_person_set_is_left_alone()
    {
        Assert.True(NeighbourCare.For([Server], With(OnLink, neighbours: Neighbour(Server, RtnetlinkAbi.NUD_FAILED, managed: true))).IsNothing);
        Assert.True(NeighbourCare.For([Server], With(OnLink, neighbours: Neighbour(Server, RtnetlinkAbi.NUD_PERMANENT))).IsNothing);
        Assert.True(NeighbourCare.For([], With(OnLink, neighbours: Neighbour(Server, RtnetlinkAbi.NUD_REACHABLE, managed: true, protocol: 3))).IsNothing);
    }

    [Fact]
    public void What_we_had_managed_and_nobody_needs_is_released()
    {
        Neighbour ours = Neighbour(Server, RtnetlinkAbi.NUD_REACHABLE, managed: true, NeighbourCare.OurProtocol);

        Assert.Equal<Neighbour>([ours], NeighbourCare.For([], With(OnLink, neighbours: ours)).Release);
        Assert.Empty(NeighbourCare.For([Server], With(OnLink, neighbours: ours)).Release);
    }

    [Fact]
    public void Nothing_is_asked_of_a_device_that_does_not_lead_there()
    {
        Assert.True(NeighbourCare.For([Server], With(OnLink with { Device = 3 })).IsNothing);
        Assert.True(NeighbourCare.For([Server], With(OnLink, 0, Eth0 with { IsUp = false })).IsNothing);
        Assert.True(NeighbourCare.For([Server], With(null, Libc.ENETUNREACH)).IsNothing);
    }
}
