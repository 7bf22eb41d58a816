using RustyRail.ControlPlane.Commands;

namespace ControlPlane.Tests.Commands;

public sealed class CommandLineTests
{
    public static TheoryData<string> Refused => new()
    {
        "frobnicate",
        "run --devise eth0",
        "run --device",
        "backend",
        "backend add",
        "backend add web/s1",
        "backend weight web/s1 heavy",
        "explain --src 10.0.0.1:1",
        "status extra",
        "drain-node --timeout -1",
        "drain-node --timeout soon",
        "drain-node --force --undo",
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_usage_error_is_one_line_on_standard_error_and_exit_code_2(string line)
    {
        (int exitCode, string output, string error) = await RunAsync(line.Split(' '));

        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        Assert.StartsWith("rustyrail: ", error, StringComparison.Ordinal);
        Assert.EndsWith("--help)\n", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("run --help")]
    [InlineData("check --help")]
    [InlineData("status --help")]
    [InlineData("services --help")]
    [InlineData("backends --help")]
    [InlineData("backend --help")]
    [InlineData("backend add --help")]
    [InlineData("backend remove --help")]
    [InlineData("backend drain --help")]
    [InlineData("backend enable --help")]
    [InlineData("backend weight --help")]
    [InlineData("apply --help")]
    [InlineData("export --help")]
    [InlineData("history --help")]
    [InlineData("undo --help")]
    [InlineData("explain --help")]
    [InlineData("drain-node --help")]
    [InlineData("simulate --help")]
    public async Task Help_is_there_for_everything(string line)
    {
        (int exitCode, string output, string error) = await RunAsync(line.Split(' '));

        Assert.Equal(0, exitCode);
        Assert.Contains("Usage:", output, StringComparison.Ordinal);
        Assert.Empty(error);
    }

    [Fact]
    public async Task The_version_is_printed()
    {
        (int exitCode, string output, _) = await RunAsync(["--version"]);

        Assert.Equal(0, exitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+", output);
    }

    [Fact]
    public async Task A_question_to_nobody_is_refused_with_the_place_that_was_asked()
    {
        using TemporaryDirectory state = new();
        (int exitCode, _, string error) = await RunAsync(["status", "--state-dir", state.Path]);

        Assert.Equal(2, exitCode);
        Assert.Equal($"rustyrail: {state.At("admin.sock")}: no rustyrail runs with this state directory (--state-dir, RR_STATE_DIR)\n", error);
    }

    [Fact]
    public async Task Services_can_be_checked_where_no_interface_is_named()
    {
        using TemporaryDirectory directory = new();
        string file = directory.File("services.json", """
            { "pools": { "web": { "backends": [ { "name": "s1", "address": "192.0.2.11" } ] } },
              "services": [ { "name": "web", "vip": "10.1.0.1", "protocol": "tcp", "port": 80, "pool": "web" } ] }
            """);
        (int exitCode, string output, string error) = await RunAsync(["check", "--services", file]);

        Assert.Equal(0, exitCode);
        Assert.Equal($"{file}: services: 1, pools: 1, backends: 1; this node was not checked, since no interface is named\n", output);
        Assert.Empty(error);
    }

    [Fact]
    public async Task Every_error_of_a_services_file_has_its_line()
    {
        using TemporaryDirectory directory = new();
        string file = directory.File("services.json", """
            { "pools": { "web": { "backends": [
                  { "name": "s1", "address": "192.0.2.300" },
                  { "name": "s1", "address": "192.0.2.12", "wieght": 5 } ] } } }
            """);
        (int exitCode, _, string error) = await RunAsync(["check", "--services", file]);

        Assert.Equal(2, exitCode);
        Assert.Contains($"rustyrail: {file}:2: ", error, StringComparison.Ordinal);
        Assert.Contains($"rustyrail: {file}:3: unknown key \"wieght\"", error, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int exitCode = await CommandLine.RunAsync(arguments, output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
