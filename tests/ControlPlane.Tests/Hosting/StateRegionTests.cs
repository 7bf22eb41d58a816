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
        await using (Cleanup cleanup = new() { Started = true }) StateRegion.Open(Plan(attach: false), cleanup);

        Assert.False(File.Exists(RegionPath));
    }

    [Fact]
    public async Task The_region_of_a_dataplane_with_a_unit_of_its_own_stays()
    {
        await using (Cleanup cleanup = new() { Started = true }) StateRegion.Open(Plan(attach: true), cleanup);

        Assert.True(File.Exists(RegionPath));
    }

    [Fact]
    public async Task A_failed_start_leaves_a_region_that_it_found()
    {
        RegionFile.Create(RegionPath, RegionCapacities.Default).Dispose();
        await using (Cleanup cleanup = new()) StateRegion.Open(Plan(attach: false), cleanup);

        Assert.True(File.Exists(RegionPath));
    }

    [Fact]
    public async Task A_region_that_is_still_served_stays()
    {
        using RegionFile dataplane = RegionFile.Create(RegionPath, RegionCapacities.Default);
        Assert.True(dataplane.TryLock(RegionRole.Dataplane));
        await using (Cleanup cleanup = new() { Started = true }) StateRegion.Open(Plan(attach: false), cleanup);

        Assert.True(File.Exists(RegionPath));
    }

    [Fact]
    public async Task A_second_control_plane_is_told_the_pid_of_the_first()
    {
        await using Cleanup first = new();
        await using Cleanup second = new();
        StateRegion.Open(Plan(attach: false), first);
        OperatorException refusal = Assert.Throws<OperatorException>(() => StateRegion.Open(Plan(attach: false), second));

        Assert.Equal(
            $"--state-dir: state directory {_directory.Path} is in use by another rustyrail (pid {Environment.ProcessId}); give each instance its own",
            refusal.Message);
    }

    [Fact]
    public async Task Something_else_under_its_name_is_refused()
    {
        await using Cleanup cleanup = new();
        _directory.File("dataplane.region", "hello");

        Assert.Equal($"{RegionPath}: not a RustyRail region", Assert.Throws<OperatorException>(() => StateRegion.Open(Plan(attach: false), cleanup)).Message);
    }

    [Fact]
    public async Task What_another_version_left_behind_is_replaced()
    {
        RegionFile.Create(RegionPath, RegionCapacities.Default).Dispose();
        OfAnotherVersion();

        await using Cleanup cleanup = new();
        StateRegion.Open(Plan(attach: true), cleanup);

        RegionFile.Open(RegionPath).Dispose();
    }

    [Fact]
    public async Task What_another_version_forwards_by_is_refused()
    {
        using RegionFile dataplane = RegionFile.Create(RegionPath, RegionCapacities.Default);
        Assert.True(dataplane.TryLock(RegionRole.Dataplane));
        OfAnotherVersion();

        await using Cleanup cleanup = new();
        OperatorException refusal = Assert.Throws<OperatorException>(() => StateRegion.Open(Plan(attach: true), cleanup));

        Assert.StartsWith($"{RegionPath}: region layout 99, this program speaks", refusal.Message, StringComparison.Ordinal);
    }

    private void OfAnotherVersion()
    {
        const int VersionAt = 8;
        using FileStream file = new(RegionPath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.Position = VersionAt;
        file.Write(BitConverter.GetBytes(99));
    }

    private string RegionPath => _directory.At("dataplane.region");

    private StartPlan Plan(bool attach) => new()
    {
        Node = new NodeOptions { Device = "eth0" },
        State = new StateDirectory(_directory.Path, "--state-dir"),
        Data = new DataDirectory(_directory.Path, "test"),
        Attach = attach,
    };
}
