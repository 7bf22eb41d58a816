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

    private static CatalogueSpec Parse(string text) => SpecificationParser.Parse(Encoding.UTF8.GetBytes(text), "test", SpecificationLimits.Default).Spec!;
}
