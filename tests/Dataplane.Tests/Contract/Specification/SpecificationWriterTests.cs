using System.Text;
using RustyRail.Contract.Specification;

namespace Dataplane.Tests.Contract.Specification;

public sealed class SpecificationWriterTests
{
    private const string Written = """
        { "services": [
            { "pool": "b", "port": "80-90", "protocol": "udp", "vip": "10.2.0.0/16", "name": "two" },
            { "name": "one", "vip": "10.1.0.1/32", "protocol": "tcp", "port": 80, "pool": "a" } ],
          "pools": {
            "b": { "health": { "timeout": "60s", "interval": "3600s", "type": "http", "port": 8080, "path": "/a\u0022b?c=<d>&e=+" } },
            "a": { "backends": [
                { "name": "y", "address": "192.0.2.2", "state": "draining" },
                { "name": "x", "address": "192.0.2.1", "weight": 7 } ] } } }
        """;

    private const string Canonical = """
        {
          "pools": {
            "a": {
              "tableSize": 65537,
              "health": { "type": "none" },
              "minHealthy": 1, "onTooFew": "keep-all",
              "backends": [
                { "name": "x", "address": "192.0.2.1", "weight": 7, "state": "active" },
                { "name": "y", "address": "192.0.2.2", "weight": 100, "state": "draining" }
              ]
            },
            "b": {
              "tableSize": 65537,
              "health": { "type": "http", "port": 8080, "path": "/a\"b?c=<d>&e=+", "via": "direct", "interval": "1h", "timeout": "1m", "rise": 2, "fall": 3 },
              "minHealthy": 1, "onTooFew": "keep-all",
              "backends": [
              ]
            }
          },
          "services": [
            { "name": "one", "vip": "10.1.0.1", "protocol": "tcp", "port": 80, "pool": "a", "send": "gre", "affinity": "5-tuple" },
            { "name": "two", "vip": "10.2.0.0/16", "protocol": "udp", "port": "80-90", "pool": "b", "send": "gre", "affinity": "5-tuple" }
          ]
        }

        """;

    [Fact]
    public void The_canonical_text_is_sorted_and_writes_defaults_out() => Assert.Equal(Canonical, SpecificationWriter.Write(Parse(Written)));

    [Fact]
    public void What_does_not_apply_to_every_service_is_written_where_it_does()
    {
        CatalogueSpec spec = Parse("""
            { "pools": { "p": { "backends": [ { "name": "x", "address": "2001:DB8:0:0::1" } ] } },
              "services": [
                { "name": "a", "vip": "2001:db8::0:80", "protocol": "tcp", "port": 80, "pool": "p", "mssClamp": 1220 },
                { "name": "b", "vip": "::/0", "protocol": "any", "pool": "p", "send": "vxlan", "vni": 0, "innerDestinationMac": "0A:00:00:00:00:0b" },
                { "name": "c", "vip": "10.1.0.1", "protocol": "any", "pool": "p", "send": "geneve", "mssClamp": 536, "innerSourceMac": "02:00:00:00:00:03", "innerDestinationMac": "02:00:00:00:00:02", "vni": 7 } ] }
            """);

        string text = SpecificationWriter.Write(spec);

        Assert.Contains("""{ "name": "x", "address": "2001:db8::1", "weight": 100, "state": "active" }""", text, StringComparison.Ordinal);
        Assert.EndsWith("""
              "services": [
                { "name": "a", "vip": "2001:db8::80", "protocol": "tcp", "port": 80, "pool": "p", "send": "gre", "affinity": "5-tuple", "mssClamp": 1220 },
                { "name": "b", "vip": "::/0", "protocol": "any", "port": "any", "pool": "p", "send": "vxlan", "affinity": "5-tuple", "vni": 0, "innerDestinationMac": "0a:00:00:00:00:0b", "innerSourceMac": "02:00:00:00:00:01" },
                { "name": "c", "vip": "10.1.0.1", "protocol": "any", "port": "any", "pool": "p", "send": "geneve", "affinity": "5-tuple", "vni": 7, "innerDestinationMac": "02:00:00:00:00:02", "innerSourceMac": "02:00:00:00:00:03", "mssClamp": 536 }
              ]
            }

            """, text, StringComparison.Ordinal);
        Assert.Equal(text, SpecificationWriter.Write(Parse(text)));
    }

    [Fact]
    public void Export_apply_export_gives_the_same_bytes() => Assert.Equal(Canonical, SpecificationWriter.Write(Parse(Canonical)));

    [Fact]
    public void The_digest_depends_on_what_is_said_and_not_on_how()
    {
        string digest = SpecificationDigest.Of(Parse(Written));

        Assert.Matches("^[0-9a-f]{16}$", digest);
        Assert.Equal(digest, SpecificationDigest.Of(Parse(Canonical)));
        Assert.NotEqual(digest, SpecificationDigest.Of(Parse(Written.Replace("\"weight\": 7", "\"weight\": 8", StringComparison.Ordinal))));
        Assert.NotEqual(digest, SpecificationDigest.Of(Parse(Written.Replace("draining", "active", StringComparison.Ordinal))));
        // Golden: nodes of different versions compare digests, so the text may not change unseen.
        Assert.Equal("d195fc55bac0e36f", SpecificationDigest.Of(CatalogueSpec.Empty));
    }

    private static CatalogueSpec Parse(string text)
    {
        ParsedSpecification parsed = SpecificationParser.Parse(Encoding.UTF8.GetBytes(text), "services.json", SpecificationLimits.Default);
        Assert.Empty(parsed.Errors);
        return parsed.Spec!;
    }
}
