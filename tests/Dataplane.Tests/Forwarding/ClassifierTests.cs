using RustyRail.Contract.Region;
using RustyRail.Contract.Specification;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Tests.Support.Packets;
using RustyRail.Tests.Support.Regions;
using static Dataplane.Tests.Forwarding.Traffic;

namespace Dataplane.Tests.Forwarding;

public sealed class ClassifierTests : IDisposable
{
    private readonly TestBalancer _balancer = new();

    public ClassifierTests()
    {
        _balancer.Catalogue
            .Service("http", "10.1.0.1")
            .Service("range", "10.1.0.1", Protocol.Tcp, new(8000, 8999))
            .Service("within", "10.1.0.1", Protocol.Tcp, new(8100, 8199))
            .Service("one-within", "10.1.0.1", Protocol.Tcp, new(8150, 8150))
            .Service("dns", "10.1.0.1", Protocol.Udp, new(53, 53))
            .Service("any-udp", "10.1.0.2", Protocol.Udp, PortRange.Any)
            .Service("all", "10.1.0.3", Protocol.Any, PortRange.Any)
            .Service("ping", "10.1.0.4", Protocol.Icmp, PortRange.Any)
            .Service("net24", "10.2.0.0/24", Protocol.Tcp, new(80, 80))
            .Service("net16", "10.2.0.0/16", Protocol.Any, PortRange.Any)
            .Service("net25", "10.2.0.128/25", Protocol.Tcp, new(1, 1000))
            .Service("host-in-net", "10.2.0.5", Protocol.Tcp, new(443, 443))
            .Backends(2);
        _balancer.Publish();
    }

    [Theory]
    [InlineData("10.1.0.1", 6, 80, "http")]
    [InlineData("10.1.0.1", 6, 81, null)]
    [InlineData("10.1.0.1", 17, 80, null)]
    [InlineData("10.1.0.1", 17, 53, "dns")]
    [InlineData("10.1.0.1", 6, 7999, null)]
    [InlineData("10.1.0.1", 6, 8000, "range")]
    [InlineData("10.1.0.1", 6, 8099, "range")]
    [InlineData("10.1.0.1", 6, 8100, "within")]
    [InlineData("10.1.0.1", 6, 8150, "one-within")]
    [InlineData("10.1.0.1", 6, 8199, "within")]
    [InlineData("10.1.0.1", 6, 8999, "range")]
    [InlineData("10.1.0.1", 6, 9000, null)]
    [InlineData("10.1.0.1", 1, 0, null)]
    [InlineData("10.1.0.2", 17, 1, "any-udp")]
    [InlineData("10.1.0.2", 17, 65535, "any-udp")]
    [InlineData("10.1.0.2", 6, 1, null)]
    [InlineData("10.1.0.3", 6, 1, "all")]
    [InlineData("10.1.0.3", 1, 0, "all")]
    [InlineData("10.1.0.3", 50, 0, "all")]
    [InlineData("10.1.0.4", 1, 0, "ping")]
    [InlineData("10.1.0.4", 6, 80, null)]
    [InlineData("10.2.0.1", 6, 80, "net24")]
    [InlineData("10.2.0.1", 6, 81, "net16")]
    [InlineData("10.2.0.127", 6, 80, "net24")]
    [InlineData("10.2.0.128", 6, 80, "net25")]
    [InlineData("10.2.0.255", 6, 1000, "net25")]
    [InlineData("10.2.0.255", 6, 1001, "net16")]
    [InlineData("10.2.1.0", 6, 80, "net16")]
    [InlineData("10.2.255.255", 17, 9, "net16")]
    [InlineData("10.3.0.0", 6, 80, null)]
    [InlineData("10.2.0.5", 6, 443, "host-in-net")]
    [InlineData("10.2.0.5", 6, 80, "net24")]
    public void The_most_specific_service_has_the_packet(string destination, int protocol, int port, string? expected)
    {
        PacketBuilder Inside(PacketBuilder around) => protocol switch
        {
            6 => around.Client4(destination).Tcp(7, port),
            17 => around.Client4(destination).Udp(7, port).PayloadOf(4),
            1 => around.Client4(destination).Icmp(),
            _ => around.Client4(destination, with: ip => ip with { Protocol = (byte)protocol }).PayloadOf(8),
        };
        foreach (PacketBuilder around in new[] { PacketBuilder.Ethernet(), FromRouter() })
        {
            Outcome outcome = _balancer.Send(Inside(around));
            Assert.Equal(expected, outcome.Service);
            Assert.Equal(expected != null ? Verdict.Forwarded : protocol == 1 ? Verdict.Answered : Verdict.Host, outcome.Verdict);
        }
    }

    [Fact]
    public void The_catch_all_takes_what_routers_encapsulate_and_nothing_else()
    {
        _balancer.Catalogue.Service("everything", "0.0.0.0/0", Protocol.Any, PortRange.Any);
        _balancer.Publish();
        Assert.Equal("everything", _balancer.Send(FromRouter().Client4("203.0.113.9").Tcp(1, 22)).Service);
        Assert.Equal("everything", _balancer.Send(FromRouter().Client4("203.0.113.9").Icmp()).Service);
        Assert.Equal("everything", _balancer.Send(FromRouter().Client4().Tcp(1, 81)).Service);
        Assert.Equal("http", _balancer.Send(RouterTcp()).Service);
        Assert.Equal(Verdict.Host, _balancer.Send(PlainTcp(destination: "203.0.113.9")).Verdict);
        Assert.Equal(Verdict.Host, _balancer.Send(PacketBuilder.Ethernet().Client4().Tcp(1, 81)).Verdict);
    }

    [Fact]
    public void Services_that_go_are_forgotten()
    {
        _balancer.Catalogue.RemoveService("http").RemoveService("net16").RemoveService("range");
        _balancer.Publish();
        Assert.Equal(Verdict.Host, _balancer.Send(PlainTcp()).Verdict);
        Assert.Equal(Verdict.Host, _balancer.Send(PlainTcp(destination: "10.2.1.1")).Verdict);
        Assert.Equal("within", _balancer.Send(PacketBuilder.Ethernet().Client4().Tcp(1, 8101)).Service);
    }

    [Fact]
    public void GRE_from_elsewhere_than_the_routers_is_not_allowed()
    {
        _balancer.Catalogue.Routers.AddRange([System.Net.IPNetwork.Parse("192.0.2.0/24"), System.Net.IPNetwork.Parse("198.51.100.7/32")]);
        _balancer.Publish();
        Outcome From(string router, int port = 80) =>
            _balancer.Send(PacketBuilder.Ethernet().Ipv4(router, TestBackend.BalancerAddress).Gre().Client4().Tcp(1, port));
        Assert.Equal(Verdict.Forwarded, From("192.0.2.0").Verdict);
        Assert.Equal(Verdict.Forwarded, From("192.0.2.255").Verdict);
        Assert.Equal(Verdict.Forwarded, From("198.51.100.7").Verdict);
        Assert.Equal((Verdict.Dropped, Reason.SourceNotAllowed), (From("192.0.3.0").Verdict, From("192.0.3.0").Reason));
        Assert.Equal(Reason.SourceNotAllowed, From("198.51.100.8").Reason);
        // Of GRE for a VIP the host gets what is inside: nobody else may put that there.
        Assert.Equal(Reason.SourceNotAllowed, From("198.51.100.8", port: 81).Reason);
        Assert.Equal(Verdict.Host, From("198.51.100.7", port: 81).Verdict);
        Assert.Equal(Verdict.Forwarded, _balancer.Send(PlainTcp()).Verdict);
    }

    public void Dispose() => _balancer.Dispose();
}
