using Microsoft.Extensions.Logging.Abstractions;
using RustyRail.Contract.Region;
using RustyRail.ControlPlane;
using RustyRail.ControlPlane.Configuration;
using RustyRail.ControlPlane.Hosting;

namespace ControlPlane.Tests.Hosting;

public sealed class StateRegionTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_region_goes_with_the_instance_that_stops()
    {
        await using (Cleanup cleanup = new() { Started = true }) StateRegion.Open(Plan(attach: false), NullLogger.Instance, cleanup);

        Assert.False(File.Exists(RegionPath));
    }

    [Fact]
    public async Task The_region_of_a_dataplane_with_a_unit_of_its_own_stays()
    {
        await using (Cleanup cleanup = new() { Started = true }) StateRegion.Open(Plan(attach: true), NullLogger.Instance, cleanup);

        Assert.True(File.Exists(RegionPath));
    }

    [Fact]
    public async Task A_failed_start_leaves_a_region_that_it_found()
    {
        RegionFile.Create(RegionPath, RegionCapacities.Default).Dispose();
        await using (Cleanup cleanup = new()) StateRegion.Open(Plan(attach: false), NullLogger.Instance, cleanup);

        Assert.True(File.Exists(RegionPath));
    }

    [Fact]
    public async Task A_region_that_is_still_served_stays()
    {
        using RegionFile dataplane = RegionFile.Create(RegionPath, RegionCapacities.Default);
        Assert.True(dataplane.TryLock(RegionRole.Dataplane));
        await using (Cleanup cleanup = new() { Started = true }) StateRegion.Open(Plan(attach: false), NullLogger.Instance, cleanup);

        Assert.True(File.Exists(RegionPath));
    }

    [Fact]
    public async Task A_second_control_plane_is_told_the_pid_of_the_first()
    {
        await using Cleanup first = new();
        await using Cleanup second = new();
        StateRegion.Open(Plan(attach: false), NullLogger.Instance, first);
        OperatorException refusal = Assert.Throws<OperatorException>(() => StateRegion.Open(Plan(attach: false), NullLogger.Instance, second));

        Assert.Equal(
            $"--state-dir: state directory {_directory.Path} is in use by another rustyrail (pid {Environment.ProcessId}); give each instance its own",
            refusal.Message);
    }

    [Fact]
    public async Task Something_else_under_its_name_is_refused()
    {
        await using Cleanup cleanup = new();
        _directory.File("dataplane.region", "hello");

        Assert.Equal($"{RegionPath}: not a RustyRail region", Assert.Throws<OperatorException>(() => StateRegion.Open(Plan(attach: false), NullLogger.Instance, cleanup)).Message);
    }

    [Fact]
    public async Task What_another_version_left_behind_is_replaced()
    {
        RegionFile.Create(RegionPath, RegionCapacities.Default).Dispose();
        OfAnotherVersion();
        Assert.Equal($"{RegionPath} is made anew: its layout was 99, this program's is {RegionLayout.Version}", StateRegion.WhyReplaced(Plan(attach: true)));

        await using Cleanup cleanup = new();
        StateRegion.Open(Plan(attach: true), NullLogger.Instance, cleanup);

        RegionFile.Open(RegionPath).Dispose();
    }

    [Fact]
    public async Task What_another_version_forwards_by_is_refused()
    {
        using RegionFile dataplane = RegionFile.Create(RegionPath, RegionCapacities.Default);
        Assert.True(dataplane.TryLock(RegionRole.Dataplane));
        OfAnotherVersion();

        await using Cleanup cleanup = new();
        OperatorException refusal = Assert.Throws<OperatorException>(() => StateRegion.Open(Plan(attach: true), NullLogger.Instance, cleanup));

        Assert.StartsWith($"{RegionPath}: region layout 99, this program speaks", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_region_for_another_number_of_workers_is_replaced_with_its_reason()
    {
        RegionFile.Create(RegionPath, RegionCapacities.Default).Dispose();
        Assert.Equal($"{RegionPath} is made anew: it was for 1 worker, and this start asks for 3", StateRegion.WhyReplaced(Plan(attach: true, workers: 3)));

        await using (Cleanup cleanup = new() { Started = true })
        {
            Assert.Equal(3, StateRegion.Open(Plan(attach: true, workers: 3), NullLogger.Instance, cleanup).Capacities.Workers);
        }

        Assert.Null(StateRegion.WhyReplaced(Plan(attach: true, workers: 3)));
        // A process that another test starts has this one's open files, and with them the role, until it begins its own program.
        Assert.True(SpinWait.SpinUntil(() => StateRegion.WhyReplaced(Plan(attach: true)) is not null, TimeSpan.FromSeconds(10)));
        Assert.Equal($"{RegionPath} is made anew: it was for 3 workers, and this start asks for 1", StateRegion.WhyReplaced(Plan(attach: true)));
    }

    [Fact]
    public async Task A_region_for_another_number_of_workers_is_refused_while_a_dataplane_forwards_by_it()
    {
        using RegionFile dataplane = RegionFile.Create(RegionPath, RegionCapacities.Default with { Workers = 2 });
        Assert.True(dataplane.TryLock(RegionRole.Dataplane));
        SetDataplanePid(dataplane, 4711);

        await using Cleanup cleanup = new();
        OperatorException refusal = Assert.Throws<OperatorException>(() => StateRegion.Open(Plan(attach: false), NullLogger.Instance, cleanup));

        Assert.Equal($"{RegionPath}: rustyrail-dataplane (pid 4711) forwards by it, for 2 workers, and this start asks for 1: stop that one first", refusal.Message);
        StateRegion.Open(Plan(attach: false, workers: 2), NullLogger.Instance, cleanup);
    }

    private static unsafe void SetDataplanePid(RegionFile region, int pid) => region.Header->Dataplane.Pid = pid;

    private void OfAnotherVersion()
    {
        const int VersionAt = 8;
        using FileStream file = new(RegionPath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.Position = VersionAt;
        file.Write(BitConverter.GetBytes(99));
    }

    private string RegionPath => _directory.At("dataplane.region");

    private StartPlan Plan(bool attach, int workers = 1) => new()
    {
        Node = new NodeOptions { Device = "eth0", Workers = workers },
        State = new StateDirectory(_directory.Path, "--state-dir"),
        Data = new DataDirectory(_directory.Path, "test"),
        Attach = attach,
    };
}
