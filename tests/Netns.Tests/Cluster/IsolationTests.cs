using Netns.Tests.Lab;
using Xunit.Abstractions;

namespace Netns.Tests.Cluster;

/// <summary>The short form of lab/scenarios/isolation, which cuts a balancer off for ten minutes.</summary>
[Collection(OneLabAtATime.Name)]
public sealed class IsolationTests(ITestOutputHelper output)
{
    [SkippableFact]
    public void A_node_cut_off_forwards_says_stale_takes_changes_and_is_one_with_the_others_soon_after_healing()
    {
        Requirements.SkipUnlessMet();
        AbortedRuns.Remove();
        Command run = Command.Run(
            Path.Combine(Repository.Root, "lab/scenarios/isolation"),
            ["--seconds", "25"],
            environment: new Dictionary<string, string?> { ["LAB_PREFIX"] = TestBed.Prefix },
            bound: TimeSpan.FromMinutes(4)).OrFail();
        output.WriteLine($"measured: cut off for 25 s: {run.Output.Split('\n').Single(line => line.StartsWith("one again", StringComparison.Ordinal))}");
        Assert.Contains("the changes of both sides are on all three nodes", run.Output);
    }
}
