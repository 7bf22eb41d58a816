using System.Net;
using System.Text;
using RustyRail.Contract;
using RustyRail.Contract.Specification;

namespace Dataplane.Tests.Contract.Specification;

public sealed class SpecificationParserTests
{
    private static readonly SpecificationLimits Limits = SpecificationLimits.Default;

    [Fact]
    public void The_example_of_the_documentation_is_read_whole()
    {
        CatalogueSpec spec = Good("""
            { "pools": { "web": { "tableSize": 65537,
                  "health": { "type": "http", "port": 80, "path": "/healthz", "via": "direct", "interval": "2s", "timeout": "1s", "rise": 2, "fall": 3 },
                  "minHealthy": 1, "onTooFew": "keep-all",
                  "backends": [ { "name": "server1", "address": "192.168.137.11", "weight": 100, "state": "active" } ] } },
              "services": [ { "name": "web", "vip": "10.1.0.1", "protocol": "tcp", "port": 80, "pool": "web", "send": "gre", "affinity": "5-tuple" } ] }
            """);

        PoolSpec pool = Assert.Single(spec.Pools.Values);
        Assert.Equal(new HealthSpec(HealthCheckType.Http, 80, "/healthz", ProbePath.Direct, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), 2, 3), pool.Health);
        Assert.Equal((65537, 1, OnTooFew.KeepAll), (pool.TableSize, pool.MinHealthy, pool.OnTooFew));
        BackendId server1 = new(new PoolId("web"), "server1");
        Assert.Equal(new BackendSpec(server1, IPAddress.Parse("192.168.137.11"), 100, BackendState.Active), pool.Backends[server1]);
        Assert.Equal(
            new ServiceSpec(new ServiceId("web"), IPNetwork.Parse("10.1.0.1/32"), Protocol.Tcp, new PortRange(80, 80), new PoolId("web"), SendForm.Gre, Affinity.FiveTuple),
            Assert.Single(spec.Services.Values));
    }

    [Fact]
    public void What_is_left_out_has_its_default()
    {
        CatalogueSpec spec = Good("""
            { // comments and trailing commas are fine
              "$schema": "services.schema.json",
              "pools": { "p": { "backends": [ { "name": "b", "address": "192.0.2.1" }, ], }, "empty": {} },
              "services": [ { "name": "all", "vip": "0.0.0.0/0", "protocol": "any", "pool": "p" } ] }
            """);

        PoolSpec pool = spec.Pools[new PoolId("p")];
        Assert.Equal(HealthSpec.None, pool.Health);
        Assert.Equal((65537, 1, OnTooFew.KeepAll), (pool.TableSize, pool.MinHealthy, pool.OnTooFew));
        Assert.Equal((100, BackendState.Active), (pool.Backends.Values.Single().Weight, pool.Backends.Values.Single().State));
        ServiceSpec service = Assert.Single(spec.Services.Values);
        Assert.Equal((PortRange.Any, SendForm.Gre, Affinity.FiveTuple, 0), (service.Ports, service.Send, service.Affinity, service.Vip.PrefixLength));
        Assert.Empty(spec.Pools[new PoolId("empty")].Backends);
    }

    [Fact]
    public void Every_send_form_every_mix_of_families_and_both_catch_alls_are_read()
    {
        CatalogueSpec spec = Good("""
            { "pools": { "p": { "backends": [ { "name": "four", "address": "192.0.2.1" }, { "name": "six", "address": "2001:DB8:0::1" } ] } },
              "services": [
                { "name": "a", "vip": "2001:db8:1::80", "protocol": "tcp", "port": 80, "pool": "p", "send": "ipip", "mssClamp": 1220 },
                { "name": "b", "vip": "10.1.0.1", "protocol": "tcp", "port": 80, "pool": "p", "send": "l2" },
                { "name": "c", "vip": "2001:db8:2::/64", "protocol": "any", "pool": "p", "send": "gue" },
                { "name": "d", "vip": "10.1.0.2", "protocol": "udp", "port": 53, "pool": "p", "send": "vxlan", "vni": 0, "innerDestinationMac": "0A:00:00:00:00:02" },
                { "name": "e", "vip": "2001:db8:1::81", "protocol": "icmp", "pool": "p", "send": "geneve", "vni": 16777215,
                  "innerDestinationMac": "02:00:00:00:00:02", "innerSourceMac": "02:00:00:00:00:03" },
                { "name": "f", "vip": "::/0", "protocol": "any", "pool": "p" },
                { "name": "g", "vip": "0.0.0.0/0", "protocol": "any", "pool": "p", "mssClamp": 65495 } ] }
            """);

        ServiceSpec Service(string name) => spec.Services[new ServiceId(name)];
        Assert.Equal(IPAddress.Parse("2001:db8::1"), spec.Pools[new PoolId("p")].Backends[new BackendId(new PoolId("p"), "six")].Address);
        Assert.Equal((SendForm.Ipip, IPNetwork.Parse("2001:db8:1::80/128"), 1220, null), (Service("a").Send, Service("a").Vip, Service("a").MssClamp, Service("a").Overlay));
        Assert.Equal((SendForm.L2, SendForm.Gue), (Service("b").Send, Service("c").Send));
        Assert.Equal((SendForm.Vxlan, new OverlaySpec(0, 0x0A00_0000_0002, OverlaySpec.DefaultSource), 0), (Service("d").Send, Service("d").Overlay, Service("d").MssClamp));
        Assert.Equal((SendForm.Geneve, new OverlaySpec(0xFF_FFFF, 0x0200_0000_0002, 0x0200_0000_0003)), (Service("e").Send, Service("e").Overlay));
        Assert.Equal((0, 0, 65495), (Service("f").Vip.PrefixLength, Service("g").Vip.PrefixLength, Service("g").MssClamp));
    }

    [Fact]
    public void Services_of_different_rank_may_overlap()
    {
        Good(Services(
            Service("a", "\"vip\": \"10.1.0.0/24\", \"protocol\": \"tcp\", \"port\": 80"),
            Service("b", "\"vip\": \"10.1.0.1\", \"protocol\": \"tcp\", \"port\": 80"),
            Service("c", "\"vip\": \"10.1.0.1\", \"protocol\": \"tcp\", \"port\": \"1-1000\""),
            Service("c2", "\"vip\": \"10.1.0.1\", \"protocol\": \"tcp\", \"port\": \"500-600\""),
            Service("d", "\"vip\": \"10.1.0.1\", \"protocol\": \"tcp\", \"port\": \"any\""),
            Service("e", "\"vip\": \"10.1.0.1\", \"protocol\": \"any\""),
            Service("f", "\"vip\": \"10.1.0.1\", \"protocol\": \"udp\", \"port\": 80")));
    }

    [Theory]
    [MemberData(nameof(BadFiles.Cases), MemberType = typeof(BadFiles))]
    public void A_bad_file_is_told_in_exact_lines(string name, string text, string[] expected)
    {
        ParsedSpecification parsed = Parse(text);

        Assert.True(expected.SequenceEqual(parsed.Errors.Select(error => error.ToString())), name + ":\n" + string.Join('\n', parsed.Errors));
        Assert.Null(parsed.Spec);
    }

    [Fact]
    public void Every_capacity_has_its_line()
    {
        ParsedSpecification parsed = SpecificationParser.Parse(
            Encoding.UTF8.GetBytes(Services(Service("a", "\"vip\": \"10.1.0.1\", \"protocol\": \"any\""), Service("b", "\"vip\": \"10.1.0.2\", \"protocol\": \"any\""))),
            "services.json",
            new SpecificationLimits(Services: 1, Pools: 0, Backends: 0, TableEntries: 65536));

        Assert.Equal(
            [
                "services.json: 2 services exceed the capacity of 1",
                "services.json: 1 pools exceed the capacity of 0",
                "services.json: 1 backends exceed the capacity of 0",
                "services.json: 65537 table entries (the sum of all tableSize) exceed the capacity of 65536",
            ],
            parsed.Errors.Select(error => error.ToString()));
    }

    [Fact]
    public void A_small_table_is_a_warning()
    {
        ParsedSpecification parsed = Parse("""
            { "pools": {
                "p": { "backends": [ { "name": "a", "address": "192.0.2.1", "weight": 1 },
                                     { "name": "b", "address": "192.0.2.2", "weight": 1000 } ] } } }
            """);

        Assert.NotNull(parsed.Spec);
        Assert.Equal(["services.json:2: pool p: tableSize 65537 is small for these weights: shares are even from 100100 on"], parsed.Warnings.Select(w => w.ToString()));
    }

    [Fact]
    public void A_file_that_is_not_there_is_one_error()
    {
        ParsedSpecification parsed = SpecificationParser.ParseFile("/nonexistent/services.json", Limits);

        Assert.Equal(["/nonexistent/services.json: no such file"], parsed.Errors.Select(error => error.ToString()));
    }

    private static CatalogueSpec Good(string text)
    {
        ParsedSpecification parsed = Parse(text);
        Assert.Empty(parsed.Errors);
        return parsed.Spec!;
    }

    private static ParsedSpecification Parse(string text) => SpecificationParser.Parse(Encoding.UTF8.GetBytes(text), "services.json", Limits);

    private static string Service(string name, string rest) => $$"""{ "name": "{{name}}", "pool": "p", {{rest}} }""";

    private static string Services(params string[] services) =>
        $$"""{ "pools": { "p": { "backends": [ { "name": "b", "address": "192.0.2.1" } ] } }, "services": [ {{string.Join(", ", services)}} ] }""";
}
