using System.Text.Json;

namespace Netns.Tests.Lab;

/// <summary>What <c>rustyrail status --json</c> says, as far as the tests read it.</summary>
internal sealed record BalancerStatus(bool Ready, long Generation, string SpecDigest, string TableDigest, int DataplanePid, JsonElement All);

/// <summary>The balancer on lb1, through its command line.</summary>
internal static class Balancer
{
    public const string Host = "lb1";

    public static Command Run(params string[] arguments) => TestBed.Exec(Host, ["rustyrail", .. arguments]);

    public static BalancerStatus Status()
    {
        JsonElement all = JsonDocument.Parse(Run("status", "--json").OrFail().Output).RootElement;
        return new BalancerStatus(
            all.GetProperty("ready").GetBoolean(),
            all.GetProperty("generation").GetInt64(),
            all.GetProperty("specDigest").GetString()!,
            all.GetProperty("tableDigest").GetString()!,
            all.GetProperty("dataplane").GetProperty("pid").GetInt32(),
            all);
    }

    /// <summary>The pipeline's own answer for each flow from client1's address to the VIP's port 80.</summary>
    public static string[] Explain(IReadOnlyList<int> sourcePorts)
    {
        string questions = string.Concat(sourcePorts.Select(port => $"10.0.0.1:{port} {TestBed.Vip}:80 tcp\n"));
        string region = TestBed.HostFile(Host, "run/dataplane.region");
        Command answers = TestBed.ExecWithInput(Host, questions, "rustyrail-dataplane", "explain", "--region", region, "--stdin", "--json").OrFail();
        return [.. answers.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("backend").GetString()!)];
    }

    public static JsonElement Backend(string name) => JsonDocument.Parse(Run("backends", "--json").OrFail().Output).RootElement
        .EnumerateArray().Single(backend => backend.GetProperty("name").GetString() == name);

    public static void Kill(int pid) => Command.Run("kill", ["-KILL", $"{pid}"]).OrFail();

    public static int KillControlPlane()
    {
        int pid = TestBed.PidOf(Host, "rustyrail");
        Kill(pid);
        return pid;
    }

    public static void StartControlPlane() => TestBed.Lab("lb", "start", Host).OrFail();
}
