using Netns.Tests.Lab;

namespace Netns.Tests;

[Collection(OneLabAtATime.Name)]
public sealed class LabScriptTests
{
    [SkippableFact]
    public void Down_removes_every_trace_of_a_lab()
    {
        Requirements.SkipUnlessMet();
        using (TestBed.Up("4", "--direct"))
            Assert.NotEmpty(Traces());
        Assert.Empty(Traces());
    }

    [SkippableFact]
    public void An_interrupted_start_leaves_nothing()
    {
        Requirements.SkipUnlessMet();
        Command interrupted = Command.Run("timeout", ["--signal=TERM", "0.3", Repository.Lab, "up", "4", "--direct", "--servers", "20"],
            environment: new Dictionary<string, string?> { ["LAB_PREFIX"] = TestBed.Prefix });
        Assert.NotEqual(0, interrupted.ExitCode);
        Eventually.Holds("everything is removed", TimeSpan.FromSeconds(15), () => Traces().Length == 0);
    }

    [SkippableFact]
    public void A_second_start_says_that_a_lab_is_up()
    {
        using TestBed bed = TestBed.Up("1", "--direct");
        Command second = TestBed.Lab("up", "1");
        Assert.Equal(2, second.ExitCode);
        Assert.Equal("lab: a lab is up already (lab status; lab down removes it)\n", second.Errors);
    }

    private static string[] Traces() =>
    [
        .. Directory.Exists("/run/netns") ? Directory.GetFiles("/run/netns", $"{TestBed.Prefix}*") : [],
        .. Directory.GetDirectories("/dev/shm", $"{TestBed.Prefix}*"),
    ];
}
