using Netns.Tests.Lab;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;

namespace Netns.Tests.Cluster;

/// <summary>What one balancer forwards new flows by: the tables in its region, and whether its worker has them.</summary>
internal sealed unsafe class NodeTables : IDisposable
{
    private const int Worker0 = 0;

    private readonly RegionFile _file;
    private readonly RegionView _region;

    public NodeTables(string node)
    {
        _file = RegionFile.Open(TestBed.HostFile(node, "run/dataplane.region"));
        _region = new RegionView(_file);
    }

    /// <summary>True: the worker's next packet is decided by tables in which the backend has (or has no) part.</summary>
    public bool Forwards(string backend, bool takesNew)
    {
        while (true)
        {
            long generation = Volatile.Read(ref _region.Header->Generation);
            SnapshotView snapshot = _region.Snapshot(generation);
            bool isThere = IsInTable(backend, snapshot);
            // A worker at rest has pinned nothing and looks when it wakes.
            long pinned = Volatile.Read(ref _region.Reader(Worker0)->Pinned);
            if (Volatile.Read(ref snapshot.Header->Generation) == generation && Volatile.Read(ref _region.Header->Generation) == generation)
                return isThere == takesNew && (pinned == ReaderLine.Quiescent || pinned == generation);
        }
    }

    public void Dispose() => _file.Dispose();

    private bool IsInTable(string backend, SnapshotView snapshot)
    {
        int slots = snapshot.Header->BackendSlots;
        for (int slot = 0; slot < slots; slot++)
        {
            if (snapshot.Backends[slot].State != SlotState.InUse || SnapshotView.Text(snapshot.BackendNames + slot) != backend) continue;
            return _region.Table(snapshot.Pools[snapshot.Backends[slot].Pool]).Contains((ushort)slot);
        }
        return false;
    }
}
