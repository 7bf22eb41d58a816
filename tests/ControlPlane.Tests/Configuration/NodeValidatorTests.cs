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
        Assert.Null(node.Address);
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
            Workers = new Setting("1", "--workers"),
            Routers = [new Setting("192.0.2.0/24", "RR_ROUTERS"), new Setting("198.51.100.7", "RR_ROUTERS")],
            Address = new Setting("192.0.2.9", "--address"),
            Cluster = new ClusterSettings { Node = new Setting("lb1", "RR_CLUSTER_NODE"), Port = new Setting("4053", "RR_CLUSTER_PORT") },
            Announce = new Setting("routes", "--announce"),
            Admin = new Setting("http://[::1]:9090", "--admin"),
        });

        Assert.Equal(PortKind.AfXdp, node.Port);
        Assert.Equal([IPNetwork.Parse("192.0.2.0/24"), IPNetwork.Parse("198.51.100.7/32")], node.Routers.AsEnumerable());
        Assert.Equal(IPAddress.Parse("192.0.2.9"), node.Address);
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
    [InlineData("af_packet", "node.json:3: port \"af_packet\" is not built yet; use af_xdp, netmap or auto")]
    [InlineData("dpdk", "node.json:3: port \"dpdk\" is none of auto, netmap, af_xdp, af_packet")]
    public void A_port_that_is_not_there_is_refused(string port, string line) =>
        Assert.Equal([line], Errors(Minimal with { Port = new Setting(port, "node.json:3") }));

    [Theory]
    [InlineData("2", "--workers: workers \"2\" is not built yet; use 1")]
    [InlineData("0", "--workers: workers \"0\" is not a number from 1 on")]
    [InlineData("many", "--workers: workers \"many\" is not a number from 1 on")]
    public void Only_one_worker_is_built(string workers, string line) =>
        Assert.Equal([line], Errors(Minimal with { Workers = new Setting(workers, "--workers") }));

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
            Address = new Setting("10.1", "node.json:3"),
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
