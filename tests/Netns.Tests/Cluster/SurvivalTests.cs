using System.Text.Json;
using Netns.Tests.Lab;
using Xunit.Abstractions;

namespace Netns.Tests.Cluster;

/// <summary>The short form of lab/scenarios/survival: fewer connections, the events that take least time.</summary>
[Collection(OneLabAtATime.Name)]
public sealed class SurvivalTests(ITestOutputHelper output)
{
    // The last one leaves the bed as it is, so it may be the one that is the longest to mend.
    private static readonly string[] _events =
    [
        "backend-added", "backend-drained", "lb-killed-in-drain", "control-planes-killed", "first-isolated", "backend-removed", "chain-of-three",
    ];

    [SkippableFact]
    public void Connections_survive_what_happens_to_backends_and_balancers()
    {
        Requirements.SkipUnlessMet();
        AbortedRuns.Remove();
        string program = Path.Combine(Repository.Out, "lab", "survival");
        Command run = Command.Run(program, ["--connections", "200", "--interval", "500", "--isolation", "6", "--prefix", TestBed.Prefix, "--json", .. _events], bound: TimeSpan.FromMinutes(8));
        Assert.True(run.ExitCode is 0 or 1, run.Errors);
        JsonElement[] results = [.. JsonDocument.Parse(run.Output).RootElement.EnumerateArray()];
        foreach (string line in run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)) output.WriteLine($"measured: {line}");
        Assert.Equal(_events, results.Select(result => result.GetProperty("event").GetString()));
        Assert.All(results, result => Assert.True(result.GetProperty("asExpected").GetBoolean(), $"{result.GetProperty("event")}: {result.GetProperty("broken")} broken\n{run.Errors}"));
    }
}
