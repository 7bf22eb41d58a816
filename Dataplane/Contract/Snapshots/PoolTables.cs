using System.Runtime.InteropServices;
using RustyRail.Contract.Region;

namespace RustyRail.Contract.Snapshots;

/// <summary>
/// Puts the pools' tables of one publication into the arena. A table that reads the same as the pool's last one stays where it is.
/// </summary>
internal sealed unsafe class PoolTables(RegionFile region, IReadOnlyList<long> pinned, Func<BackendId, int> slotOf)
{
    private readonly RegionView _view = new(region);
    private readonly Dictionary<string, PoolRecord> _last = LastTables(new RegionView(region));
    private readonly TableArena _arena = new(region, Readable(new RegionView(region), pinned));

    public PoolRecord Write(PoolContent pool)
    {
        PoolRecord record = new() { Backends = pool.Backends.Length };
        if (pool.Entries is not { Length: > 0 } entries) return record;
        ushort[] slots = [.. pool.Backends.Where(backend => backend.TakesNew).Select(backend => (ushort)slotOf(backend.Id))];
        ushort[] table = new ushort[entries.Length];
        for (int i = 0; i < table.Length; i++) table[i] = slots[entries[i]];
        record.TableSize = table.Length;
        record.TakesNew = slots.Length;
        if (_last.TryGetValue(pool.Id.Name, out PoolRecord last) && _view.Table(last).SequenceEqual(table))
        {
            record.TableOffset = last.TableOffset;
            return record;
        }

        record.TableOffset = _arena.Allocate(table.Length);
        table.CopyTo(MemoryMarshal.CreateSpan(ref *_view.TableStart(record), table.Length));
        return record;
    }

    private static Dictionary<string, PoolRecord> LastTables(RegionView view)
    {
        Dictionary<string, PoolRecord> last = [];
        if (view.Header->Generation == 0) return last;
        SnapshotView snapshot = view.Snapshot(view.Header->Generation);
        for (int i = 0; i < snapshot.Header->PoolSlots; i++) last[SnapshotView.Text(snapshot.PoolNames + i)] = snapshot.Pools[i];
        return last;
    }

    /// <summary>What a reader may be looking at: the current generation, and every pin whose slot still holds it.</summary>
    private static List<long> Readable(RegionView view, IReadOnlyList<long> pinned)
    {
        List<long> readable = [];
        foreach (long generation in pinned.Append(view.Header->Generation).Distinct())
        {
            if (generation > 0 && view.Snapshot(generation).Header->Generation == generation) readable.Add(generation);
        }

        return readable;
    }
}
