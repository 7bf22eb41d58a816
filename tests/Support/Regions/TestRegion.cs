using RustyRail.Contract.Region;

namespace RustyRail.Tests.Support.Regions;

/// <summary>
/// A small region in a private directory on tmpfs, opened twice as the two programs do: once for the publisher, once for the workers, who
/// hold the dataplane's lock so that their pins count.
/// </summary>
internal sealed class TestRegion : IDisposable
{
    public static readonly RegionCapacities Small = new()
    {
        Services = 32,
        Pools = 16,
        Backends = 64,
        FlowsPerWorker = 1024,
        Ipv6FlowsPerWorker = 1024,
        Exceptions = 1024,
        SamplesPerWorker = 16,
        Routers = 4,
        TableArenaBytes = 1 << 20,
    };

    public TestRegion(RegionCapacities? capacities = null, bool isServed = true)
    {
        Directory = NewDirectory();
        Control = RegionFile.Create(System.IO.Path.Combine(Directory, "dataplane.region"), capacities ?? Small);
        Dataplane = RegionFile.Open(Control.Path);
        if (isServed && !Dataplane.TryLock(RegionRole.Dataplane)) throw new InvalidOperationException("the dataplane's lock is taken");
    }

    public string Directory { get; }
    public RegionFile Control { get; }
    public RegionFile Dataplane { get; }
    public string Path => Control.Path;
    public RegionView View => new(Dataplane);

    /// <summary>Private and on tmpfs; the caller removes it. A caller that may be killed, as a fuzzer's target is, has them below a folder that somebody else removes.</summary>
    public static string NewDirectory()
    {
        string directory = System.IO.Path.Combine(Environment.GetEnvironmentVariable("RR_TEST_REGIONS") ?? "/dev/shm", $"rustyrail-test-{Guid.NewGuid():N}");
        System.IO.Directory.CreateDirectory(directory);
        return directory;
    }

    public void Dispose()
    {
        Dataplane.Dispose();
        Control.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
