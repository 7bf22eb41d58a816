using System.Text;
using RustyRail.Contract.Specification;
using RustyRail.ControlPlane.Commands;

namespace ControlPlane.Tests.Commands;

public sealed class CatalogueDifferenceTests
{
    private const string Before = """
        { "pools": { "web": { "backends": [ { "name": "s1", "address": "192.0.2.11" }, { "name": "s2", "address": "192.0.2.12" } ] } },
          "services": [ { "name": "web", "vip": "10.1.0.1", "protocol": "tcp", "port": 80, "pool": "web" } ] }
        """;

    [Fact]
    public void Equal_catalogues_do_not_differ() => Assert.Empty(CatalogueDifference.Between(Parse(Before), Parse(Before)));

    [Fact]
    public void What_comes_goes_and_changes_has_a_line_each()
    {
        const string after = """
            { "pools": { "web": { "backends": [ { "name": "s1", "address": "192.0.2.11", "weight": 50, "state": "draining" }, { "name": "s3", "address": "192.0.2.13" } ] } },
              "services": [ { "name": "web", "vip": "10.1.0.1", "protocol": "tcp", "port": "80-81", "pool": "web" } ] }
            """;

        Assert.Equal(
        [
            "~ backend web/s1: weight 100 -> 50, state active -> draining",
            "- backend web/s2: address 192.0.2.12, weight 100, state active",
            "+ backend web/s3: address 192.0.2.13, weight 100, state active",
            "~ service web: port 80 -> 80-81",
        ], CatalogueDifference.Between(Parse(Before), Parse(after)).AsEnumerable());
    }

    [Fact]
    public void What_does_not_apply_is_not_said_until_it_does()
    {
        const string after = """
            { "pools": { "web": { "backends": [ { "name": "s1", "address": "192.0.2.11" }, { "name": "s2", "address": "2001:db8::12" } ] } },
              "services": [ { "name": "web", "vip": "10.1.0.1", "protocol": "tcp", "port": 80, "pool": "web", "send": "vxlan", "vni": 7, "innerDestinationMac": "02:00:00:00:00:80", "mssClamp": 1390 },
                            { "name": "web6", "vip": "2001:db8:1::80", "protocol": "tcp", "port": 80, "pool": "web", "send": "l2" } ] }
            """;

        Assert.Equal(
        [
            "~ backend web/s2: address 192.0.2.12 -> 2001:db8::12",
            "~ service web: send gre -> vxlan, vni none -> 7, innerDestinationMac none -> 02:00:00:00:00:80, innerSourceMac none -> 02:00:00:00:00:01, mssClamp none -> 1390",
            "+ service web6: vip 2001:db8:1::80, protocol tcp, port 80, pool web, send l2, affinity 5-tuple",
        ], CatalogueDifference.Between(Parse(Before), Parse(after)).AsEnumerable());
    }

    private static CatalogueSpec Parse(string text) => SpecificationParser.Parse(Encoding.UTF8.GetBytes(text), "test", SpecificationLimits.Default).Spec!;
}
