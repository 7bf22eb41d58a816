using System.Net;
using ControlPlane.Tests.NextHops;
using RustyRail.ControlPlane.Announcing;

namespace ControlPlane.Tests.Announcing;

public sealed class VipRoutesTests
{
    private static readonly IPNetwork Vip = IPNetwork.Parse("10.1.0.1/32"), Prefix = IPNetwork.Parse("10.2.0.0/24"), Six = IPNetwork.Parse("2001:db8::1/128");

    [SkippableFact]
    public void Routes_are_added_once_found_again_and_removed()
    {
        using TwoNamespaces namespaces = new();
        using VipRoutes routes = new(namespaces.Opener([]));
        int device = routes.IndexOf("eth0");
        Assert.True(device > 0);
        Assert.Equal(0, routes.IndexOf("rr-99"));
        namespaces.OnBalancer("ip route add 10.9.0.0/24 dev eth0");

        foreach (IPNetwork vip in (IPNetwork[])[Vip, Prefix, Six, Vip]) routes.Add(new VipRoute(vip, device));
        Assert.Equal([Vip, Prefix, Six], routes.Present(device).Select(route => route.Vip).OrderBy(vip => vip.ToString(), StringComparer.Ordinal));
        Assert.Contains("10.1.0.1 dev eth0 scope link", namespaces.OnBalancer("ip route show proto 82"), StringComparison.Ordinal);
        Assert.Empty(routes.Present(device + 1000));

        routes.Remove(new VipRoute(Prefix, device));
        routes.Remove(new VipRoute(Prefix, device));
        Assert.Equal([Vip, Six], routes.Present(device).Select(route => route.Vip).OrderBy(vip => vip.ToString(), StringComparer.Ordinal));

        // Gone with the device, without anybody's doing.
        namespaces.OnBalancer("ip link del eth0");
        Assert.Empty(routes.Present(device));
        routes.Remove(new VipRoute(Vip, device));
    }
}
