using RustyRail.ControlPlane;
using RustyRail.ControlPlane.Configuration;

namespace ControlPlane.Tests.Configuration;

public sealed class StartPlannerTests : IDisposable
{
    private const string NoSuchDevice = "rrtest-none0";
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Without_anything_the_device_is_what_is_missing()
    {
        OperatorException refusal = await RefusalAsync(Request([]));

        Assert.Equal(2, refusal.ExitCode);
        Assert.Equal(["no interface is named: set RR_DEVICE, --device, or \"device\" in the node file"], refusal.Lines);
    }

    [Fact]
    public async Task The_first_versions_device_without_its_targets_names_the_variable()
    {
        OperatorException refusal = await RefusalAsync(Request(new() { ["RR_DEVICE"] = "lo" }));

        Assert.Equal(["RR_TARGET_IPS is not set, and there is no --services, --config or stored catalogue: nothing to balance"], refusal.Lines);
    }

    [Theory]
    [InlineData("192.0.2.11;192.0.2.300", "RR_TARGET_IPS: \"192.0.2.300\" is neither an address nor a name")]
    [InlineData("192.0.2.11;192.0.2.11", "RR_TARGET_IPS: \"192.0.2.11\" is named twice")]
    [InlineData("192.0.2.11;", "RR_TARGET_IPS: a target is empty; write addresses or names as \"192.0.2.11;192.0.2.12\"")]
    [InlineData("0.0.0.0", "RR_TARGET_IPS: \"0.0.0.0\" is not the address of a server")]
    [InlineData("127.0.0.1", "RR_TARGET_IPS: \"127.0.0.1\" is not the address of a server")]
    [InlineData("2001:db8::1;::1", "RR_TARGET_IPS: \"::1\" is not the address of a server")]
    [InlineData("fe80::1", "RR_TARGET_IPS: \"fe80::1\" is not the address of a server")]
    [InlineData("::ffff:192.0.2.1", "RR_TARGET_IPS: \"::ffff:192.0.2.1\" is not the address of a server")]
    [InlineData("[2001:db8::1]", "RR_TARGET_IPS: \"[2001:db8::1]\" is neither an address nor a name")]
    public async Task A_bad_target_is_named(string targets, string line)
    {
        OperatorException refusal = await RefusalAsync(Request(new() { ["RR_DEVICE"] = "lo", ["RR_TARGET_IPS"] = targets }));

        Assert.Equal([line], refusal.Lines);
    }

    [Fact]
    public async Task A_bad_health_variable_is_named()
    {
        OperatorException refusal = await RefusalAsync(Request(new() { ["RR_DEVICE"] = "lo", ["RR_TARGET_IPS"] = "192.0.2.11", ["RR_HEALTH"] = "tcp" }));

        Assert.Equal(["RR_HEALTH: \"tcp\" is neither none nor icmp"], refusal.Lines);
    }

    [Fact]
    public async Task An_unknown_device_is_named_and_nothing_is_made()
    {
        StartRequest request = Request(new() { ["RR_DEVICE"] = NoSuchDevice, ["RR_TARGET_IPS"] = "192.0.2.11" });
        OperatorException refusal = await RefusalAsync(request);

        Assert.Contains($"{NoSuchDevice}: no such interface in this network namespace", refusal.Lines);
        Assert.False(Directory.Exists(request.State.Path));
        Assert.False(Directory.Exists(request.Data.Path));
    }

    [Fact]
    public async Task A_state_directory_on_a_disk_is_refused()
    {
        StartRequest request = Request(new() { ["RR_DEVICE"] = "lo", ["RR_TARGET_IPS"] = "192.0.2.11" }) with { State = new StateDirectory("/proc/rustyrail", "--state-dir") };

        Assert.Contains("--state-dir: state directory /proc/rustyrail is not on tmpfs", (await RefusalAsync(request)).Lines);
    }

    [Fact]
    public async Task Files_and_variables_are_all_checked_before_anything_is_said()
    {
        string node = _directory.File("node.json", "{\n  \"port\": \"pf_ring\"\n}");
        string services = _directory.File("services.json", "{\n  \"pols\": {}\n}");
        OperatorException refusal = await RefusalAsync(Request(new() { ["RR_WORKERS"] = "400" }) with
        {
            ConfigFile = new Setting(node, "--config"),
            ServicesFile = new Setting(services, "--services"),
        });

        Assert.Contains($"{node}:2: port \"pf_ring\" is none of auto, netmap, af_xdp, af_packet", refusal.Lines);
        Assert.Contains("RR_WORKERS: workers \"400\" is not a number from 1 to 64", refusal.Lines);
        Assert.Contains(refusal.Lines, line => line.StartsWith($"{services}:2: unknown key \"pols\"", StringComparison.Ordinal));
        Assert.Contains(refusal.Lines, line => line.StartsWith("no interface is named", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Flags_outrank_the_environment_and_that_outranks_the_file()
    {
        string node = _directory.File("node.json", "{ \"device\": \"from-file\", \"port\": \"dpdk\", \"workers\": 3 }");
        OperatorException refusal = await RefusalAsync(Request(new() { ["RR_PORT"] = "pcap", ["RR_WORKERS"] = "5" }) with
        {
            ConfigFile = new Setting(node, "--config"),
            Flags = new NodeSettings { Workers = new Setting("70", "--workers") },
        });

        Assert.Equal(["RR_PORT: port \"pcap\" is none of auto, netmap, af_xdp, af_packet", "--workers: workers \"70\" is not a number from 1 to 64"], refusal.Lines);
    }

    private StartRequest Request(Dictionary<string, string> environment) => new()
    {
        Environment = new EnvironmentVariables(environment),
        State = new StateDirectory(_directory.At("state"), "test"),
        Data = new DataDirectory(_directory.At("data"), "test"),
    };

    private static Task<OperatorException> RefusalAsync(StartRequest request) =>
        Assert.ThrowsAsync<OperatorException>(() => StartPlanner.PlanAsync(request, CancellationToken.None));
}
