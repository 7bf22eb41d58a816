using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using RustyRail.Contract.Specification;
using RustyRail.ControlPlane.Admin;
using RustyRail.ControlPlane.Commands;
using RustyRail.ControlPlane.Configuration;
using RustyRail.ControlPlane.Hosting;

namespace ControlPlane.Tests.Admin;

/// <summary>A whole control plane in this process, without a dataplane, asked by the command line over its socket.</summary>
public sealed class AdminApiTests : IAsyncLifetime, IDisposable
{
    private const string Services = """
        { "pools": { "web": { "backends": [ { "name": "s1", "address": "127.0.0.11" }, { "name": "s2", "address": "127.0.0.12" } ] } },
          "services": [ { "name": "web", "vip": "10.1.0.1", "protocol": "tcp", "port": 80, "pool": "web" } ] }
        """;

    private readonly TemporaryDirectory _directory = new();
    private Instance? _instance;

    public async Task InitializeAsync() => _instance = await Instance.StartAsync(Plan(), NullLoggerFactory.Instance, CancellationToken.None);

    public async Task DisposeAsync()
    {
        if (_instance is not null) await _instance.DisposeAsync();
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Status_has_what_other_tools_rely_on()
    {
        using JsonDocument document = JsonDocument.Parse(await WellAsync("status", "--json"));
        JsonElement status = document.RootElement;

        Assert.Equal("test-node", status.GetProperty("node").GetString());
        Assert.False(status.GetProperty("ready").GetBoolean()); // no dataplane
        Assert.Equal(JsonValueKind.False, status.GetProperty("stale").ValueKind);
        Assert.True(status.TryGetProperty("generation", out _));
        Assert.Equal(SpecificationDigest.Length, status.GetProperty("specDigest").GetString()!.Length);
        Assert.True(status.TryGetProperty("tableDigest", out _));
        foreach (string name in (string[])["port", "device", "pid", "workers", "heartbeatAgeMs"]) Assert.True(status.GetProperty("dataplane").TryGetProperty(name, out _), name);
        JsonElement member = Assert.Single(status.GetProperty("cluster").GetProperty("members").EnumerateArray());
        foreach (string name in (string[])["node", "status", "generation", "specDigest", "tableDigest"]) Assert.True(member.TryGetProperty(name, out _), name);
        Assert.Contains("the dataplane is not running", status.GetProperty("problems").EnumerateArray().Select(problem => problem.GetString()));
    }

    [Fact]
    public async Task Metrics_tell_what_is_there_and_no_more_of_what_is_gone()
    {
        string before = await MetricsAsync();
        await WellAsync("backend", "remove", "s2");
        string after = await MetricsAsync();

        Assert.Contains("rustyrail_info{node=\"test-node\",", before, StringComparison.Ordinal);
        Assert.Contains("\nrustyrail_ready 0\n", before, StringComparison.Ordinal);
        Assert.Contains("\nrustyrail_packets_total{verdict=\"forwarded\"} 0\n", before, StringComparison.Ordinal);
        Assert.Contains("\nrustyrail_exceptions_capacity ", before, StringComparison.Ordinal);
        Assert.Contains("\nrustyrail_service_backends{service=\"web\",vip=\"10.1.0.1\",protocol=\"tcp\",port=\"80\"} 2\n", before, StringComparison.Ordinal);
        Assert.Contains("\nrustyrail_backend_weight{pool=\"web\",backend=\"s2\"} 100\n", before, StringComparison.Ordinal);
        Assert.Contains("\nrustyrail_backend_weight{pool=\"web\",backend=\"s1\"} 100\n", after, StringComparison.Ordinal);
        Assert.DoesNotContain("s2", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backends_come_change_and_go()
    {
        await WellAsync("backend", "add", "s3", "127.0.0.13", "--weight", "7");
        await WellAsync("backend", "drain", "web/s1");
        await WellAsync("backend", "weight", "s2", "50");
        string table = await WellAsync("backends");
        await WellAsync("backend", "remove", "s3");
        await WellAsync("backend", "enable", "s1");
        string after = await WellAsync("backends");

        Assert.Matches(@"web/s1 +127\.0\.0\.11 +100 draining", table);
        Assert.Matches(@"web/s2 +127\.0\.0\.12 +50 active", table);
        Assert.Matches(@"web/s3 +127\.0\.0\.13 +7 active", table);
        Assert.Matches(@"web/s1 +127\.0\.0\.11 +100 active", after);
        Assert.DoesNotContain("web/s3", after, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', table);
    }

    [Fact]
    public async Task IPv6_and_the_other_send_forms_are_applied_and_listed()
    {
        await WellAsync("backend", "add", "s6", "2001:DB8::0:6");
        string file = _directory.File("services.json", (await WellAsync("export")).Replace("\n  ]\n}", """
            ,
                { "name": "web6", "vip": "2001:db8:1::80", "protocol": "tcp", "port": 80, "pool": "web", "send": "geneve", "vni": 7, "innerDestinationMac": "02:00:00:00:00:80" }
              ]
            }
            """, StringComparison.Ordinal));
        string applied = await WellAsync("apply", file);

        Assert.StartsWith("+ service web6: vip 2001:db8:1::80, protocol tcp, port 80, pool web, send geneve, affinity 5-tuple, vni 7, ", applied, StringComparison.Ordinal);
        Assert.Matches(@"web/s6 +2001:db8::6 +100 active", await WellAsync("backends"));
        Assert.Matches(@"web6 +2001:db8:1::80 +tcp +80 +web +geneve +5-tuple +3/3", await WellAsync("services"));
    }

    [Theory]
    [InlineData("rustyrail: backend web/s9: address fe80::9 is link-local, which does not say on which link; a global or unique local one does\n", "backend", "add", "web/s9", "fe80::9")]
    [InlineData("rustyrail: \"[2001:db8::9]\" is not an IP address\n", "backend", "add", "web/s9", "[2001:db8::9]")]
    [InlineData("rustyrail: backend web/s1: exists already\n", "backend", "add", "web/s1", "127.0.0.11")]
    [InlineData("rustyrail: backend \"nobody\": there is none of that name\n", "backend", "drain", "nobody")]
    [InlineData("rustyrail: \"10.1\" is not an IP address\n", "backend", "add", "web/s9", "10.1")]
    [InlineData("rustyrail: change \"x\" is not NUMBER or NUMBER@NODE\n", "undo", "x")]
    [InlineData("rustyrail: change 99: not among the last 50 (rustyrail history)\n", "undo", "99")]
    [InlineData("rustyrail: change 99: not among those that are remembered\n", "history", "99")]
    [InlineData("rustyrail: weight 70000 is not from 1 to 65535\n", "backend", "weight", "web/s1", "70000")]
    public async Task What_cannot_be_done_is_refused_with_one_line(string line, params string[] arguments)
    {
        (int exitCode, _, string error) = await RunAsync(arguments);

        Assert.Equal(2, exitCode);
        Assert.Equal(line, error);
    }

    [Fact]
    public async Task What_is_exported_applies_without_a_difference_and_what_differs_is_shown()
    {
        string file = _directory.File("export.json", await WellAsync("export"));
        string same = await WellAsync("apply", file);
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"weight\": 100", "\"weight\": 90", StringComparison.Ordinal));
        string tried = await WellAsync("apply", "--dry-run", file);
        string done = await WellAsync("apply", file);

        Assert.Equal("no difference\n", same);
        const string Difference = "~ backend web/s1: weight 100 -> 90\n~ backend web/s2: weight 100 -> 90\n";
        Assert.StartsWith(Difference + "dry run: nothing was changed (spec ", tried, StringComparison.Ordinal);
        Assert.StartsWith(Difference + "applied as change 2@test-node (spec ", done, StringComparison.Ordinal);
        Assert.Contains("\"weight\": 90", await WellAsync("export"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_operators_who_saw_the_same_version_the_second_is_told()
    {
        string file = _directory.File("export.json", await WellAsync("export"));
        string seen = await VersionAsync();
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"weight\": 100", "\"weight\": 90", StringComparison.Ordinal));
        await WellAsync("backend", "drain", "web/s1");
        string now = await VersionAsync();

        (int exitCode, string output, string error) = await RunAsync(["apply", file, "--expect", seen]);

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Equal($"rustyrail: the catalogue is at version {now}, not at {seen}; nothing was changed (rustyrail history says what came between)\n", error);
        Assert.Equal(now, await VersionAsync());
        await WellAsync("apply", file, "--expect", now);
    }

    [Fact]
    public async Task History_says_who_did_what_and_undo_takes_it_back()
    {
        string before = await WellAsync("export");
        await WellAsync("backend", "drain", "web/s1");
        string drained = await WellAsync("history", "2");
        string undone = await WellAsync("undo");
        (int exitCode, _, string error) = await RunAsync(["undo", "2"]);
        string history = await WellAsync("history");
        using JsonDocument document = JsonDocument.Parse(await WellAsync("history", "--json"));
        JsonElement[] changes = [.. document.RootElement.EnumerateArray()];

        Assert.StartsWith("undone as change 3@test-node (spec ", undone, StringComparison.Ordinal);
        Assert.Equal(before, await WellAsync("export"));
        Assert.Equal((2, "rustyrail: change 2@test-node: all is as it was before it\n"), (exitCode, error));
        Assert.EndsWith("\n~ backend web/s1: state active -> draining\n", drained, StringComparison.Ordinal);
        Assert.Matches($@"\n +3 +20\S+ \S+Z +{Environment.UserName}@\S+ +test-node +undo 2@test-node \(backend drain web/s1\) +-\n", history);
        Assert.Matches(@"\n +2 .* backend drain web/s1 +undone\n", history);
        Assert.Equal([3, 2, 1], changes.Select(change => change.GetProperty("number").GetInt64()));
        foreach (string name in (string[])["node", "when", "user", "host", "what", "undoes", "undone", "canUndo", "lines"]) Assert.True(changes[0].TryGetProperty(name, out _), name);
    }

    [Fact]
    public async Task The_only_node_is_withdrawn_stays_a_member_and_comes_back()
    {
        (int exitCode, string output, string error) = await RunAsync(["drain-node", "--timeout", "30"]);
        Assert.Equal((0, "test-node is withdrawn and still a member: it is the only member of its cluster\n"), (exitCode, output));
        Assert.StartsWith("test-node is withdrawn; waiting until its traffic falls, at most 30 s\n1 s: 0 packets/s\n", error, StringComparison.Ordinal);
        Assert.Contains("\"drain\": \"withdrawn\"", await WellAsync("status", "--json"), StringComparison.Ordinal);
        Assert.Matches("ready +no: withdrawn", await WellAsync("status"));

        // No dataplane serves here: it comes back, and is not ready.
        (exitCode, _, error) = await RunAsync(["drain-node", "--undo", "--timeout", "0"]);
        Assert.Equal(1, exitCode);
        Assert.EndsWith("rustyrail: test-node is not ready after 0 s: rustyrail status says why\n", error, StringComparison.Ordinal);
        Assert.Contains("\"drain\": \"serving\"", await WellAsync("status", "--json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Services_are_listed() =>
        Assert.Matches(@"web +10\.1\.0\.1 +tcp +80 +web +gre +5-tuple +2/2", await WellAsync("services"));

    private async Task<string> MetricsAsync()
    {
        using AdminClient client = new(new StateDirectory(_directory.At("state"), "test"));
        return await client.GetTextAsync(AdminPaths.Metrics, CancellationToken.None);
    }

    private async Task<string> VersionAsync()
    {
        using JsonDocument document = JsonDocument.Parse(await WellAsync("status", "--json"));
        return document.RootElement.GetProperty("specDigest").GetString()!;
    }

    private async Task<string> WellAsync(params string[] arguments)
    {
        (int exitCode, string output, string error) = await RunAsync(arguments);
        Assert.Equal(("", 0), (error, exitCode));
        return output;
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int exitCode = await CommandLine.RunAsync([.. arguments, "--state-dir", _directory.At("state")], output, error);
        return (exitCode, output.ToString(), error.ToString());
    }

    private StartPlan Plan() => new()
    {
        Node = new NodeOptions
        {
            Device = $"rrt{Guid.NewGuid():N}"[..15], // a lock of its own; there is no dataplane to open it
            Cluster = new ClusterOptions { Node = "test-node" },
            Admin = new AdminOptions { Url = null },
        },
        State = new StateDirectory(_directory.At("state"), "test"),
        Data = new DataDirectory(_directory.At("data"), "test"),
        FirstCatalogue = SpecificationParser.ParseFile(_directory.File("services.json", Services), SpecificationLimits.Default).Spec,
        Attach = true,
    };
}
