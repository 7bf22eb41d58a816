using System.Runtime.InteropServices;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Tests.Support.Native;
using RustyRail.Tests.Support.Regions;

namespace Dataplane.Tests.Contract.Region;

public sealed unsafe class RegionFileTests : IDisposable
{
    private readonly string _directory = TestRegion.NewDirectory();

    private string Path => System.IO.Path.Combine(_directory, "dataplane.region");

    [Fact]
    public void Two_programs_see_the_same_memory()
    {
        using RegionFile made = RegionFile.Create(Path, TestRegion.Small);
        using RegionFile opened = RegionFile.Open(Path);
        Assert.Equal(TestRegion.Small, opened.Capacities);
        made.Header->ControlPid = 4711;
        Assert.Equal(4711, opened.Header->ControlPid);
        Assert.Equal(["dataplane.region"], Directory.GetFiles(_directory).Select(System.IO.Path.GetFileName));
    }

    [Fact]
    public void The_default_region_takes_32_bytes_for_each_flow()
    {
        RegionLayout layout = new(RegionCapacities.Default);
        Assert.Equal(32L << 20, layout.FlowTableBytes);
        Assert.True(layout.TableArena < 128 << 20, $"{layout.TableArena >> 20} MiB are reserved at once");
    }

    [Fact]
    public void A_role_is_held_by_one_program_at_a_time()
    {
        using RegionFile first = RegionFile.Create(Path, TestRegion.Small);
        using RegionFile second = RegionFile.Open(Path);
        Assert.False(second.IsHeld(RegionRole.Dataplane));
        Assert.True(first.TryLock(RegionRole.Dataplane));
        Assert.True(second.IsHeld(RegionRole.Dataplane));
        Assert.False(second.TryLock(RegionRole.Dataplane));
        Assert.True(second.TryLock(RegionRole.ControlPlane));
        first.Dispose();
        Assert.False(second.IsHeld(RegionRole.Dataplane));
        Assert.True(second.TryLock(RegionRole.Dataplane));
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        RegionException e = Assert.Throws<RegionException>(() => RegionFile.Open(Path));
        Assert.StartsWith($"{Path}: ", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(100_000)]
    public void Any_other_file_is_not_a_region(int bytes)
    {
        File.WriteAllBytes(Path, new byte[bytes]);
        Assert.Equal($"{Path}: not a RustyRail region", Assert.Throws<RegionException>(() => RegionFile.Open(Path)).Message);
    }

    [Fact]
    public void Another_layout_version_is_refused_with_what_to_do()
    {
        using (RegionFile region = RegionFile.Create(Path, TestRegion.Small)) region.Header->LayoutVersion = RegionLayout.Version + 1;
        string message = Assert.Throws<RegionException>(() => RegionFile.Open(Path)).Message;
        Assert.Equal(
            $"{Path}: region layout {RegionLayout.Version + 1}, this program speaks {RegionLayout.Version}: stop the other version's rustyrail-dataplane and remove the file",
            message);
    }

    [Fact]
    public void A_cut_off_region_is_refused()
    {
        RegionFile.Create(Path, TestRegion.Small).Dispose();
        using (FileStream file = File.OpenWrite(Path)) file.SetLength(file.Length - 4096);
        Assert.Contains("size does not fit its capacities", Assert.Throws<RegionException>(() => RegionFile.Open(Path)).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_disk_is_refused_and_named()
    {
        string onDisk = Directory.CreateTempSubdirectory("rustyrail-test-").FullName;
        try
        {
            Skip.If(RegionFile.IsTmpfs(onDisk), $"{onDisk} is on tmpfs too");
            string message = Assert.Throws<RegionException>(() => RegionFile.Create(System.IO.Path.Combine(onDisk, "dataplane.region"), TestRegion.Small)).Message;
            Assert.StartsWith($"{onDisk}: the state directory must be on tmpfs", message, StringComparison.Ordinal);
            Assert.Empty(Directory.GetFiles(onDisk));
        }
        finally
        {
            Directory.Delete(onDisk);
        }
    }

    [Fact]
    public void A_missing_directory_is_not_called_a_disk()
    {
        string missing = System.IO.Path.Combine(_directory, "nothing");
        string message = Assert.Throws<RegionException>(() => RegionFile.Create(System.IO.Path.Combine(missing, "dataplane.region"), TestRegion.Small)).Message;
        Assert.Equal($"{missing}: no such directory", message);
    }

    [SkippableFact]
    public void A_full_tmpfs_is_an_error_and_leaves_nothing_behind()
    {
        string small = Directory.CreateDirectory(System.IO.Path.Combine(_directory, "small")).FullName;
        Skip.If(Libc.mount("tmpfs", small, "tmpfs", 0, "size=64k") != 0, $"cannot mount a tmpfs: {Marshal.GetLastPInvokeErrorMessage()}");
        try
        {
            string path = System.IO.Path.Combine(small, "dataplane.region");
            string message = Assert.Throws<RegionException>(() => RegionFile.Create(path, TestRegion.Small)).Message;
            Assert.Matches($"^{path}: cannot reserve [0-9]+ KiB: tmpfs is full$", message);
            Assert.Empty(Directory.GetFiles(small));
        }
        finally
        {
            _ = Libc.umount2(small, 0);
        }
    }

    [SkippableFact]
    public void A_tmpfs_that_fills_up_later_stops_a_publication_and_no_reader()
    {
        string small = Directory.CreateDirectory(System.IO.Path.Combine(_directory, "small")).FullName;
        long bytes = new RegionLayout(TestRegion.Small).TableArena + 65536;
        Skip.If(Libc.mount("tmpfs", small, "tmpfs", 0, $"size={bytes}") != 0, $"cannot mount a tmpfs: {Marshal.GetLastPInvokeErrorMessage()}");
        try
        {
            using RegionFile region = RegionFile.Create(System.IO.Path.Combine(small, "dataplane.region"), TestRegion.Small);
            SnapshotPublisher publisher = new(region);
            TestCatalogue catalogue = new TestCatalogue().Service("web", "10.1.0.1").Backends(2);
            Assert.True(publisher.TryPublish(catalogue.ToContent()));
            catalogue.TableSize = 131_071;
            string message = Assert.Throws<RegionException>(() => publisher.TryPublish(catalogue.ToContent())).Message;
            Assert.Matches($"^{region.Path}: cannot reserve [0-9]+ KiB: tmpfs is full$", message);
            Assert.Equal((1, 251), (publisher.Generation, new RegionView(region).Snapshot(1).Pools[0].TableSize));
        }
        finally
        {
            _ = Libc.umount2(small, 0);
        }
    }

    [Theory]
    [InlineData("backends", "16384")]
    [InlineData("workers", "64")]
    [InlineData("flowsPerWorker", "power of two")]
    [InlineData("services", "65536")]
    public void Capacities_that_cannot_be_are_refused(string what, string limit)
    {
        RegionCapacities capacities = what switch
        {
            "backends" => TestRegion.Small with { Backends = 16385 },
            "workers" => TestRegion.Small with { Workers = 65 },
            "services" => TestRegion.Small with { Services = 65537 },
            _ => TestRegion.Small with { FlowsPerWorker = 1000 },
        };
        string message = Assert.Throws<RegionException>(() => RegionFile.Create(Path, capacities)).Message;
        Assert.Contains(what, message, StringComparison.Ordinal);
        Assert.Contains(limit, message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
