using System.Net;
using RustyRail.ControlPlane.Announcing;

namespace ControlPlane.Tests.Announcing;

public sealed class RouteChangesTests
{
    private static readonly IPNetwork One = IPNetwork.Parse("10.1.0.1/32"), Two = IPNetwork.Parse("10.1.0.2/32");

    [Fact]
    public void Only_the_difference_is_told()
    {
        RouteChanges changes = RouteChanges.Between([new VipRoute(One, 7)], [One, Two], 7);
        Assert.Equal<VipRoute>([new VipRoute(Two, 7)], changes.Add);
        Assert.Empty(changes.Remove);
    }

    [Fact]
    public void A_withdrawn_node_keeps_none() =>
        Assert.Equal<VipRoute>([new VipRoute(One, 7), new VipRoute(Two, 7)], RouteChanges.Between([new VipRoute(One, 7), new VipRoute(Two, 7)], [], 7).Remove);

    [Fact]
    public void Without_a_device_there_is_nothing_to_add() => Assert.Empty(RouteChanges.Between([], [One], 0).Add);
}
