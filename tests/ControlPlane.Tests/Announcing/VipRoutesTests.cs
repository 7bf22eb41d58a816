using System.Net;
using ControlPlane.Tests.NextHops;
using RustyRail.ControlPlane.Announcing;

namespace ControlPlane.Tests.Announcing;

public sealed class VipRoutesTests
{
    private static readonly IPNetwork Vip = IPNetwork.Parse("10.1.0.1/32"), Prefix = IPNetwork.Parse("10.2.0.0/24"), Six = IPNetwork.Parse("2001:db8::1/128");
    private static readonly IPNetwork SixPrefix = IPNetwork.Parse("2001:db8:1::/64");

    [SkippableFact]
    public void Routes_are_added_once_found_again_and_removed()
    {
        using TwoNamespaces namespaces = new();
        using VipRoutes routes = new(namespaces.Opener([]));
        int device = routes.IndexOf("eth0");
        Assert.True(device > 0);
        Assert.Equal(0, routes.IndexOf("rr-99"));
        namespaces.OnBalancer("ip route add 10.9.0.0/24 dev eth0");

        foreach (IPNetwork vip in (IPNetwork[])[Vip, Prefix, Six, SixPrefix, Vip, Six]) Assert.True(routes.TryAdd(new VipRoute(vip, device), out _));
        Assert.Equal([Vip, Prefix, SixPrefix, Six], routes.Present(device).Select(route => route.Vip).OrderBy(vip => vip.ToString(), StringComparer.Ordinal));
        Assert.Contains("10.1.0.1 dev eth0 scope link", namespaces.OnBalancer("ip route show proto 82"), StringComparison.Ordinal);
        Assert.Contains("2001:db8:1::/64 dev eth0 metric 1024", namespaces.OnBalancer("ip -6 route show proto 82"), StringComparison.Ordinal);
        Assert.Empty(routes.Present(device + 1000));

        foreach (IPNetwork vip in (IPNetwork[])[Prefix, Prefix, SixPrefix, SixPrefix]) routes.Remove(new VipRoute(vip, device));
        Assert.Equal([Vip, Six], routes.Present(device).Select(route => route.Vip).OrderBy(vip => vip.ToString(), StringComparer.Ordinal));

        // Gone with the device, without anybody's doing.
        namespaces.OnBalancer("ip link del eth0");
        Assert.Empty(routes.Present(device));
        routes.Remove(new VipRoute(Vip, device));
    }

    [SkippableFact]
    public void A_route_that_the_kernel_does_not_take_is_told_in_its_words()
    {
        using TwoNamespaces namespaces = new();
        namespaces.ShellOnBalancer("echo 1 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6");
        using VipRoutes routes = new(namespaces.Opener([]));
        int device = routes.IndexOf("eth0");

        Assert.False(routes.TryAdd(new VipRoute(Six, device), out string refusal));

        Assert.StartsWith("RTM_NEWROUTE 2001:db8::1/128: ", refusal, StringComparison.Ordinal);
        Assert.True(routes.TryAdd(new VipRoute(Vip, device), out _));
    }
}
