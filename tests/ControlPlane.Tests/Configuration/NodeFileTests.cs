using System.Collections.Immutable;
using RustyRail.Contract.Region;
using RustyRail.ControlPlane.Configuration;

namespace ControlPlane.Tests.Configuration;

public sealed class NodeFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Settings_remember_their_line()
    {
        NodeSettings settings = Read("""
            {
              // this node
              "device": "eth1",
              "routers": [
                "192.0.2.0/24",
                "198.51.100.0/24" ],
              "cluster": { "name": "edge", "node": "lb1", "port": 4053 }
            }
            """, out IReadOnlyList<string> errors);

        Assert.Empty(errors);
        Assert.Equal(new Setting("eth1", $"{Path}:3"), settings.Device);
        Assert.Equal([new Setting("192.0.2.0/24", $"{Path}:5"), new Setting("198.51.100.0/24", $"{Path}:6")], settings.Routers!.Value.AsEnumerable());
        Assert.Equal(new Setting("4053", $"{Path}:7"), settings.Cluster.Port);
        Assert.Equal("edge", settings.Cluster.Name!.Value.Text);
        Assert.Equal("lb1", settings.Cluster.Node!.Value.Text);
        Assert.Null(settings.Port);
    }

    [Fact]
    public void Unknown_keys_and_wrong_kinds_are_errors_with_their_lines()
    {
        Read("""
            {
              "devise": "eth1",
              "workers": "one",
              "routers": [ 7 ],
              "cluster": { "seed": [] }
            }
            """, out IReadOnlyList<string> errors);

        Assert.Equal(
        [
            $"{Path}:2: unknown key \"devise\" in node (did you mean \"device\"?)",
            $"{Path}:3: \"workers\" in node must be a whole number, not \"one\"",
            $"{Path}:4: \"routers\" in node must hold strings, not 7",
            $"{Path}:5: unknown key \"seed\" in cluster (did you mean \"seeds\"?)",
        ], errors);
    }

    [Fact]
    public void An_address_may_be_one_or_one_of_each_family()
    {
        Assert.Equal([new Setting("192.0.2.1", $"{Path}:1")], Read("""{ "address": "192.0.2.1", "steering": "steer" }""", out _).Addresses!.Value.AsEnumerable());
        Assert.Equal(
            [new Setting("192.0.2.1", $"{Path}:2"), new Setting("2001:db8::1", $"{Path}:3")],
            Read("{ \"address\": [\n\"192.0.2.1\",\n\"2001:db8::1\" ] }", out _).Addresses!.Value.AsEnumerable());

        Read("{ \"address\": 7,\n\"steering\": [] }", out IReadOnlyList<string> errors);
        Assert.Equal([$"{Path}:1: \"address\" in node must be a string, not 7", $"{Path}:2: \"steering\" in node must be a string, not an array"], errors);
    }

    [Fact]
    public void A_missing_file_is_one_error()
    {
        var errors = ImmutableArray.CreateBuilder<string>();
        NodeFile.Read(Path, errors);

        Assert.Equal([$"{Path}: no such file"], errors.AsEnumerable());
    }

    [Fact]
    public void The_published_schema_knows_exactly_the_keys_that_are_read()
    {
        using var schema = System.Text.Json.JsonDocument.Parse(System.IO.File.ReadAllText(RepositoryFile("docs/node.schema.json")));
        System.Text.Json.JsonElement properties = schema.RootElement.GetProperty("properties");

        Assert.Equal(NodeFile.Keys.Order(), properties.EnumerateObject().Select(property => property.Name).Order());
        Assert.Equal(Steerings.Words.Words, properties.GetProperty("steering").GetProperty("enum").EnumerateArray().Select(word => word.GetString()));
        Assert.Equal(RegionCapacities.MaxWorkers, properties.GetProperty("workers").GetProperty("maximum").GetInt32());
        Assert.Equal(NodeFile.ClusterKeys.Order(), properties.GetProperty("cluster").GetProperty("properties").EnumerateObject().Select(property => property.Name).Order());
    }

    private string Path => _directory.At("node.json");

    private NodeSettings Read(string text, out IReadOnlyList<string> errors)
    {
        var found = ImmutableArray.CreateBuilder<string>();
        NodeSettings settings = NodeFile.Read(_directory.File("node.json", text), found);
        errors = found.ToImmutable();
        return settings;
    }

    private static string RepositoryFile(string name)
    {
        string at = AppContext.BaseDirectory;
        while (!System.IO.File.Exists(System.IO.Path.Combine(at, "RustyRail.sln"))) at = System.IO.Path.GetDirectoryName(at)!;
        return System.IO.Path.Combine(at, name);
    }
}
