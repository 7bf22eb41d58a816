using RustyRail.Contract.Region;

namespace RustyRail.Contract.Snapshots;

/// <summary>
/// Finds room for a new table. It keeps no books: what the given snapshots refer to is taken, all else is free, so a new
/// control plane needs to restore nothing. Owner: the publisher.
/// </summary>
internal sealed unsafe class TableArena
{
    private const int Alignment = 64;

    private readonly RegionFile _region;
    private readonly RegionView _view;
    private readonly List<(long Start, long End)> _taken = [];

    /// <param name="readable">Generations that a reader may be using: the current one and all pinned ones.</param>
    public TableArena(RegionFile region, IEnumerable<long> readable)
    {
        _region = region;
        _view = new RegionView(region);
        foreach (long generation in readable)
        {
            SnapshotView snapshot = _view.Snapshot(generation);
            for (int i = 0; i < snapshot.Header->PoolSlots; i++) Take(snapshot.Pools[i]);
        }

        _taken.Sort();
    }

    /// <summary>First gap that fits, reserved on tmpfs.</summary>
    /// <exception cref="RegionException">No gap, or tmpfs is full.</exception>
    public long Allocate(int entries)
    {
        long bytes = (((long)entries * sizeof(ushort)) + Alignment - 1) / Alignment * Alignment;
        long at = _view.ArenaStart;
        int index = 0;
        for (; index < _taken.Count && _taken[index].Start - at < bytes; index++) at = Math.Max(at, _taken[index].End);
        if (at + bytes > _view.ArenaEnd)
        {
            throw new RegionException($"{_region.Path}: the tables exceed the capacity of {_view.Capacities.TableArenaBytes >> 20} MiB: fewer pools or smaller tableSize");
        }

        _region.Reserve(at, bytes);
        _taken.Insert(index, (at, at + bytes));
        return at;
    }

    private void Take(in PoolRecord pool)
    {
        if (pool.TakesNew == 0) return;
        long end = pool.TableOffset + ((long)pool.TableSize * sizeof(ushort));
        _taken.Add((pool.TableOffset, (end + Alignment - 1) / Alignment * Alignment));
    }
}
