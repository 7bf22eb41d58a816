using RustyRail.Contract;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;

namespace RustyRail.Actors.Exceptions;

/// <summary>Which backend has which slot, by the region's current snapshot.</summary>
/// <param name="Names">By slot; null: free or given up.</param>
internal sealed record BackendSlots(long Generation, IReadOnlyList<BackendId?> Names, IReadOnlyDictionary<BackendId, int> Slots)
{
    public static BackendSlots None { get; } = new(0, [], new Dictionary<BackendId, int>());

    // Not a pinned reader: if the snapshot was written over meanwhile, its generation says so, and there is a newer one.
    public static unsafe BackendSlots Read(RegionView region)
    {
        while (true)
        {
            long generation = Volatile.Read(ref region.Header->Generation);
            if (generation == 0) return None;
            SnapshotView snapshot = region.Snapshot(generation);
            BackendId?[] names = new BackendId?[Math.Clamp(snapshot.Header->BackendSlots, 0, region.Capacities.Backends)];
            Dictionary<BackendId, int> slots = [];
            for (int slot = 0; slot < names.Length; slot++)
            {
                BackendRecord backend = snapshot.Backends[slot];
                if (backend.State != SlotState.InUse || backend.Pool >= region.Capacities.Pools) continue;
                BackendId id = new(new PoolId(SnapshotView.Text(snapshot.PoolNames + backend.Pool)), SnapshotView.Text(snapshot.BackendNames + slot));
                names[slot] = id;
                slots[id] = slot;
            }

            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref snapshot.Header->Generation) == generation) return new BackendSlots(generation, names, slots);
        }
    }

    public bool HasSameSlots(BackendSlots other) => Names.SequenceEqual(other.Names);
}
