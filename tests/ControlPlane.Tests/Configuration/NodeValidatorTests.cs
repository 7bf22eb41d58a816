using System.Collections.Immutable;
using System.Net;
using RustyRail.ControlPlane.Configuration;

namespace ControlPlane.Tests.Configuration;

public sealed class NodeValidatorTests
{
    private static readonly NodeSettings Minimal = new() { Device = new Setting("eth0", "--device") };

    [Fact]
    public void A_device_is_enough_and_everything_else_has_its_default()
    {
        NodeOptions node = Valid(Minimal);

        Assert.Equal("eth0", node.Device);
        Assert.Equal(PortKind.Auto, node.Port);
        Assert.Equal(1, node.Workers);
        Assert.Empty(node.Routers);
        Assert.Empty(node.Addresses);
        Assert.Equal(Steering.Rss, node.Steering);
        Assert.Equal(new Uri("http://127.0.0.1:8080"), node.Admin.Url);
        Assert.Equal("rustyrail", node.Cluster.Name);
        Assert.Equal(0, node.Cluster.Port);
    }

    [Fact]
    public void Every_setting_is_understood()
    {
        NodeOptions node = Valid(Minimal with
        {
            Port = new Setting("af_xdp", "--port"),
            Workers = new Setting("64", "--workers"),
            Steering = new Setting("steer", "--steering"),
            Routers = [new Setting("192.0.2.0/24", "RR_ROUTERS"), new Setting("198.51.100.7", "RR_ROUTERS"), new Setting("2001:db8::/32", "RR_ROUTERS"), new Setting("::/0", "RR_ROUTERS")],
            Addresses = [new Setting("192.0.2.9", "--address"), new Setting("2001:db8::9", "--address")],
            Cluster = new ClusterSettings { Node = new Setting("lb1", "RR_CLUSTER_NODE"), Port = new Setting("4053", "RR_CLUSTER_PORT") },
            Announce = new Setting("routes", "--announce"),
            Admin = new Setting("http://[::1]:9090", "--admin"),
        });

        Assert.Equal(PortKind.AfXdp, node.Port);
        Assert.Equal((64, Steering.Steer), (node.Workers, node.Steering));
        Assert.Equal(
            [IPNetwork.Parse("192.0.2.0/24"), IPNetwork.Parse("198.51.100.7/32"), IPNetwork.Parse("2001:db8::/32"), IPNetwork.Parse("::/0")], node.Routers.AsEnumerable());
        Assert.Equal([IPAddress.Parse("192.0.2.9"), IPAddress.Parse("2001:db8::9")], node.Addresses.AsEnumerable());
        Assert.Equal(Announcement.Routes, node.Announce);
        Assert.Equal("lb1", node.Cluster.Node);
        Assert.Equal(4053, node.Cluster.Port);
        Assert.Equal(9090, node.Admin.Url!.Port);
    }

    [Fact]
    public void An_unknown_way_to_announce_is_refused() =>
        Assert.Equal(["RR_ANNOUNCE: announce \"bgp\" is none of none, routes"], Errors(Minimal with { Announce = new Setting("bgp", "RR_ANNOUNCE") }));

    [Fact]
    public void The_admin_address_can_be_switched_off() => Assert.Null(Valid(Minimal with { Admin = new Setting("none", "--admin") }).Admin.Url);

    [Fact]
    public void A_missing_device_is_named_with_all_the_ways_to_give_it() =>
        Assert.Equal(["no interface is named: set RR_DEVICE, --device, or \"device\" in the node file"], Errors(NodeSettings.Silent));

    [Theory]
    [InlineData("a-name-that-is-too-long")]
    [InlineData("eth/0")]
    [InlineData("eth 0")]
    public void A_device_that_cannot_be_one_is_refused(string device) =>
        Assert.Equal([$"RR_DEVICE: device \"{device}\" is not the name of an interface"], Errors(new NodeSettings { Device = new Setting(device, "RR_DEVICE") }));

    [Theory]
    [InlineData("auto")]
    [InlineData("netmap")]
    [InlineData("af_xdp")]
    [InlineData("af_packet")]
    public void Each_port_is_accepted(string port) => Assert.Equal(port, PortKinds.Words.WordOf(Valid(Minimal with { Port = new Setting(port, "--port") }).Port));

    [Fact]
    public void A_port_that_is_not_there_is_refused() =>
        Assert.Equal(["node.json:3: port \"dpdk\" is none of auto, netmap, af_xdp, af_packet"], Errors(Minimal with { Port = new Setting("dpdk", "node.json:3") }));

    [Theory]
    [InlineData("0")]
    [InlineData("65")]
    [InlineData("-1")]
    [InlineData("many")]
    public void A_number_of_workers_that_cannot_be_is_refused(string workers) =>
        Assert.Equal([$"--workers: workers \"{workers}\" is not a number from 1 to 64"], Errors(Minimal with { Workers = new Setting(workers, "--workers") }));

    [Fact]
    public void An_unknown_steering_is_refused() =>
        Assert.Equal(["RR_STEERING: steering \"hash\" is none of rss, steer"], Errors(Minimal with { Steering = new Setting("hash", "RR_STEERING") }));

    [Theory]
    [InlineData("10.1", "is not an IP address")]
    [InlineData("fe80::1%eth0", "is not an IP address")]
    [InlineData("0.0.0.0", "is not an address that packets can come from")]
    [InlineData("224.0.0.1", "is not an address that packets can come from")]
    [InlineData("::", "is not an address that packets can come from")]
    [InlineData("fe80::1", "is not an address that packets can come from")]
    [InlineData("ff02::1", "is not an address that packets can come from")]
    [InlineData("::ffff:192.0.2.1", "is not an address that packets can come from")]
    [InlineData("192.0.2.10", "is beside 192.0.2.9; one of each family at most")]
    public void A_source_that_cannot_be_is_refused(string address, string why) => Assert.Equal(
        [$"RR_ADDRESS: address \"{address}\" {why}"], Errors(Minimal with { Addresses = [new Setting("192.0.2.9", "RR_ADDRESS"), new Setting(address, "RR_ADDRESS")] }));

    [Theory]
    [InlineData("http://0.0.0.0:8080/api")]
    [InlineData("https://127.0.0.1:8080")]
    [InlineData("http://example.org:8080")]
    [InlineData("8080")]
    public void An_admin_address_that_nobody_can_listen_on_is_refused(string admin) =>
        Assert.Equal([$"RR_ADMIN: admin \"{admin}\" is neither none nor an address like http://127.0.0.1:8080"], Errors(Minimal with { Admin = new Setting(admin, "RR_ADMIN") }));

    [Fact]
    public void All_errors_are_reported_at_once()
    {
        string[] errors = Errors(Minimal with
        {
            Routers = [new Setting("192.0.2.1/24", "node.json:2")],
            Addresses = [new Setting("10.1", "node.json:3")],
            Cluster = new ClusterSettings { Port = new Setting("70000", "node.json:4"), Node = new Setting("a b", "node.json:5") },
        });

        Assert.Equal(4, errors.Length);
        Assert.StartsWith("node.json:2: routers: \"192.0.2.1/24\" has bits set beyond its length", errors[0], StringComparison.Ordinal);
        Assert.Contains("node.json:3: address \"10.1\" is not an IP address", errors);
        Assert.Contains("node.json:4: cluster port \"70000\" is not a number from 0 to 65535", errors);
        Assert.Contains(errors, error => error.StartsWith("node.json:5: cluster node \"a b\"", StringComparison.Ordinal));
    }

    private static NodeOptions Valid(NodeSettings settings)
    {
        var errors = ImmutableArray.CreateBuilder<string>();
        NodeOptions node = new NodeValidator(errors).Validate(settings);
        Assert.Empty(errors);
        return node;
    }

    private static string[] Errors(NodeSettings settings)
    {
        var errors = ImmutableArray.CreateBuilder<string>();
        new NodeValidator(errors).Validate(settings);
        return [.. errors];
    }
}
