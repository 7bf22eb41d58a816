using RustyRail.Contract.Region;
using RustyRail.ControlPlane;
using RustyRail.ControlPlane.Configuration;
using RustyRail.ControlPlane.Hosting;
using RustyRail.ControlPlane.Supervision;

namespace ControlPlane.Tests.Hosting;

public sealed class StoredStateTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Nothing_stored_is_well_and_stays_nothing()
    {
        Assert.Empty(await StoredState.CheckAsync(Plan(), CancellationToken.None));

        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory.Path));
    }

    [Theory]
    [InlineData("catalogue.db")]
    [InlineData("cluster.key")]
    [InlineData("dataplane.region")]
    public async Task What_a_start_would_refuse_is_refused_by_name(string file)
    {
        string path = _directory.File(file, "not what it should be, and long enough to be looked at");

        OperatorException refusal = await Assert.ThrowsAsync<OperatorException>(() => StoredState.CheckAsync(Plan(), CancellationToken.None));
        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_region_that_a_start_would_make_anew_is_a_warning()
    {
        RegionFile.Create(_directory.At("dataplane.region"), RegionCapacities.Default with { Workers = 2 }).Dispose();

        string warning = Assert.Single(await StoredState.CheckAsync(Plan(), CancellationToken.None));

        Assert.Equal($"{_directory.At("dataplane.region")} is made anew: it was for 2 workers, and this start asks for 1", warning);
    }

    [Fact]
    public async Task A_running_instance_is_not_disturbed()
    {
        StartPlan plan = Plan();
        _directory.File("catalogue.db", "open in the running instance");
        using InstanceLock running = InstanceLock.Take(plan.Node.Device);

        Assert.Empty(await StoredState.CheckAsync(plan, CancellationToken.None));
    }

    private StartPlan Plan() => new()
    {
        Node = new NodeOptions { Device = $"rrt{Guid.NewGuid():N}"[..15] },
        State = new StateDirectory(_directory.Path, "test"),
        Data = new DataDirectory(_directory.Path, "test"),
    };
}
