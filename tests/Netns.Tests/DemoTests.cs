using System.Diagnostics;
using Netns.Tests.Lab;
using Xunit.Abstractions;

namespace Netns.Tests;

[Collection(OneLabAtATime.Name)]
public sealed class DemoTests(ITestOutputHelper output)
{
    [SkippableFact]
    public void The_demo_shows_drain_death_and_return_and_cleans_up()
    {
        Requirements.SkipUnlessMet();
        long start = Stopwatch.GetTimestamp();
        Command demo = Command.Run(Path.Combine(Repository.Root, "demo.sh"), [],
            environment: new Dictionary<string, string?> { ["DEMO_PREFIX"] = $"{TestBed.Prefix}demo-" }).OrFail();
        output.WriteLine($"measured: demo.sh, built: {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");

        Assert.DoesNotContain("no answer", demo.Output);
        Assert.Contains("connection refused", demo.Output);
        Assert.EndsWith("lab down\n", demo.Output);
        Assert.Empty(Directory.GetFiles("/run/netns", $"{TestBed.Prefix}demo-*"));
    }
}
