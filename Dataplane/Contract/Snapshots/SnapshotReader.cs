using RustyRail.Contract.Region;

namespace RustyRail.Contract.Snapshots;

/// <summary>
/// One reader's hold on the current snapshot. The pin works like a hazard pointer: announce the generation, then look again; a
/// publisher that overwrites a slot has either seen the announcement, or published something newer that the second look sees.
/// Owner: the reader's thread.
/// </summary>
internal unsafe struct SnapshotReader(RegionView region, int reader)
{
    private readonly RegionView _region = region;
    private readonly ReaderLine* _line = region.Reader(reader);
    private long _pinned;

    /// <summary>Valid until the next call that changes the pin.</summary>
    public SnapshotView Current { get; private set; }

    public readonly long Generation => _pinned;
    public readonly ReaderLine* Line => _line;

    /// <summary>One acquire-load when nothing is new. True: the snapshot changed, or became usable after a rest.</summary>
    public bool Refresh()
    {
        if (Volatile.Read(ref _region.Header->Generation) == _pinned) return false;
        Pin();
        return true;
    }

    /// <summary>Before sleeping or stopping: the publisher need not wait for this reader.</summary>
    public void Rest()
    {
        _pinned = ReaderLine.Quiescent;
        Current = default;
        Volatile.Write(ref _line->Pinned, ReaderLine.Quiescent);
    }

    private void Pin()
    {
        long generation = Volatile.Read(ref _region.Header->Generation);
        while (true)
        {
            Volatile.Write(ref _line->Pinned, generation);
            Interlocked.MemoryBarrier();
            long again = Volatile.Read(ref _region.Header->Generation);
            if (again == generation) break;
            generation = again;
        }

        _pinned = generation;
        Current = generation == 0 ? default : _region.Snapshot(generation);
    }
}
