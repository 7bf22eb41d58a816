using Netns.Tests.Lab;

namespace Netns.Tests;

/// <summary>The programs find what belongs to them wherever they are started.</summary>
[Collection(OneLabAtATime.Name)]
public sealed class WorkingDirectoryTests
{
    [SkippableTheory]
    [InlineData("/")]
    [InlineData("/tmp")]
    public void The_programs_run_from_another_working_directory(string directory)
    {
        using TestBed bed = TestBed.Up("1");
        TestBed.Exec("lb1", "bash", "-ec", $"cd {directory}; rustyrail status; rustyrail backends; rustyrail-dataplane --help; rustyrail check --device eth0 --services {TestBed.HostFile("lb1", "lab-services.json")}").OrFail();
        TestBed.Lab("lb", "stop", "lb1").OrFail();
        TestBed.LabFrom(directory, "lb", "start", "lb1").OrFail();
        Assert.True(Balancer.Status().Ready);
    }
}
