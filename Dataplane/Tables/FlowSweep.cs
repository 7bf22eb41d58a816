using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;

namespace RustyRail.Dataplane.Tables;

/// <summary>
/// Walks the flow table bit by bit and frees what is expired or names a backend that keeps no flows. A whole walk under one
/// generation lets the publisher reuse the slots that were retired by then. Owner: the worker's thread.
/// </summary>
internal unsafe struct FlowSweep(FlowTable table)
{
    /// <summary>1M flows are 524,288 buckets: a whole walk in 8 s.</summary>
    private const int BucketsPerMillisecond = 64, MostBucketsAtOnce = 2048;

    private readonly FlowTable _table = table;
    private uint _next;
    private long _walkGeneration;
    private long _lastTime;

    /// <summary>Returns how many entries it freed.</summary>
    public int Advance(SnapshotView snapshot, long generation, long now, ReaderLine* line)
    {
        long due = Math.Min((now - _lastTime) * BucketsPerMillisecond, Math.Min(MostBucketsAtOnce, _table.Buckets));
        if (due <= 0 || generation == 0) return 0;
        _lastTime = now;
        FlowClock clock = FlowClock.At(now);
        int freed = 0;
        for (; due > 0; due--)
        {
            if (_next == 0) _walkGeneration = generation;
            freed += SweepBucket(_table.Bucket(_next), snapshot, clock);
            _next = (_next + 1) & (_table.Buckets - 1);
            if (_next == 0) Volatile.Write(ref line->SweptGeneration, _walkGeneration);
        }

        return freed;
    }

    private static int SweepBucket(FlowEntry* bucket, SnapshotView snapshot, FlowClock clock)
    {
        if (((bucket[0].Meta.Word | bucket[1].Meta.Word | bucket[2].Meta.Word | bucket[3].Meta.Word) & FlowMeta.ClassMask) == 0) return 0;
        int freed = 0;
        for (int i = 0; i < FlowTable.EntriesPerBucket; i++)
        {
            FlowEntry* entry = bucket + i;
            if (entry->Class == FlowClass.Empty) continue;
            if (!clock.IsExpired(entry->Meta) && IsKept(*entry, snapshot)) continue;
            entry->Meta = default;
            freed++;
        }

        return freed;
    }

    private static bool IsKept(in FlowEntry entry, SnapshotView snapshot)
    {
        if (entry.Backend >= snapshot.Header->BackendSlots) return false;
        if ((snapshot.Backends[entry.Backend].Flags & BackendFlags.TakesEstablished) == 0) return false;
        int service = entry.AddressService;
        return service < 0 || (service < snapshot.Header->ServiceSlots && snapshot.Services[service].State == SlotState.InUse);
    }
}
