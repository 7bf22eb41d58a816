using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;

namespace Actors.Tests.Tables;

/// <summary>A small region in /dev/shm, removed again; with a reader like a dataplane's when the test wants one.</summary>
internal sealed unsafe class TemporaryRegion : IDisposable
{
    private readonly string _directory = $"/dev/shm/rrt-health-{Guid.NewGuid():n}";
    private readonly List<RegionFile> _opened = [];

    public TemporaryRegion(int backends = 64, int exceptions = 1024, int flows = 1024)
    {
        Directory.CreateDirectory(_directory);
        Region = RegionFile.Create(Path, new RegionCapacities
        {
            Services = 16,
            Pools = 16,
            Backends = backends,
            FlowsPerWorker = flows,
            Exceptions = exceptions,
            SamplesPerWorker = 64,
            TableArenaBytes = 1 << 20,
        });
        _opened.Add(Region);
    }

    public RegionFile Region { get; }

    private string Path => $"{_directory}/dataplane.region";

    public long Generation => Region.Header->Generation;

    public SnapshotView Snapshot => new RegionView(Region).Snapshot(Generation);

    /// <summary>As another process would.</summary>
    public RegionFile OpenAgain()
    {
        RegionFile again = RegionFile.Open(Path);
        _opened.Add(again);
        return again;
    }

    /// <summary>The worker 0 of a dataplane that uses <paramref name="generation"/>.</summary>
    public ReaderLine* Pin(long generation)
    {
        RegionFile dataplane = OpenAgain();
        Assert.True(dataplane.TryLock(RegionRole.Dataplane));
        ReaderLine* line = new RegionView(dataplane).Reader(0);
        line->Pinned = generation;
        return line;
    }

    public string[] SlotNames() => [.. Enumerable.Range(0, Snapshot.Header->BackendSlots).Select(slot => SnapshotView.Text(Snapshot.BackendNames + slot))];

    public BackendRecord Backend(string name) => Snapshot.Backends[Array.IndexOf(SlotNames(), name)];

    public long TableOffset(int pool = 0) => Snapshot.Pools[pool].TableOffset;

    /// <summary>Backend names in the tables of all pools of the current generation.</summary>
    public static string[] TableNames(RegionView view)
    {
        SnapshotView snapshot = view.Snapshot(view.Header->Generation);
        return [.. Enumerable.Range(0, snapshot.Header->PoolSlots)
            .SelectMany(pool => view.Table(snapshot.Pools[pool]).ToArray())
            .Select(slot => SnapshotView.Text(snapshot.BackendNames + slot))];
    }

    /// <summary>Backend names in table order.</summary>
    public string[] Table(int pool = 0)
    {
        string[] names = SlotNames();
        return [.. new RegionView(Region).Table(Snapshot.Pools[pool]).ToArray().Select(slot => names[slot])];
    }

    public void Dispose()
    {
        foreach (RegionFile file in _opened) file.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
