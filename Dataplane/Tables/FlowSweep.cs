using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;

namespace RustyRail.Dataplane.Tables;

/// <summary>
/// Walks the flow tables bit by bit and frees what is expired or names a backend that keeps no flows. A whole walk under one
/// generation lets the publisher reuse the slots that were retired by then. Owner: the worker's thread.
/// </summary>
internal unsafe struct FlowSweep(FlowTables tables)
{
    /// <summary>1M flows of IPv4 are 524,288 buckets: a whole walk in 8 s.</summary>
    private const int BucketsPerMillisecond = 80, MostBucketsAtOnce = 2560;

    private readonly FlowTables _tables = tables;

    /// <summary>Those of IPv4 come first.</summary>
    private readonly uint _ipv4Buckets = tables.Ipv4.Buckets, _buckets = tables.Ipv4.Buckets + tables.Ipv6.Buckets;
    private uint _next;
    private long _walkGeneration;
    private long _lastTime;

    /// <summary>Returns how many entries it freed.</summary>
    public int Advance(SnapshotView snapshot, long generation, long now, ReaderLine* line)
    {
        long due = Math.Min((now - _lastTime) * BucketsPerMillisecond, Math.Min(MostBucketsAtOnce, _buckets));
        if (due <= 0 || generation == 0) return 0;
        _lastTime = now;
        FlowClock clock = FlowClock.At(now);
        int freed = 0;
        for (; due > 0; due--)
        {
            if (_next == 0) _walkGeneration = generation;
            freed += _next < _ipv4Buckets ? SweepIpv4(_tables.Ipv4.Bucket(_next), snapshot, clock) : SweepIpv6(_tables.Ipv6.Bucket(_next - _ipv4Buckets), snapshot, clock);
            if (++_next < _buckets) continue;
            _next = 0;
            Volatile.Write(ref line->SweptGeneration, _walkGeneration);
        }

        return freed;
    }

    private static int SweepIpv4(FlowEntry* bucket, SnapshotView snapshot, FlowClock clock)
    {
        if (((bucket[0].Meta.Word | bucket[1].Meta.Word | bucket[2].Meta.Word | bucket[3].Meta.Word) & FlowMeta.ClassMask) == 0) return 0;
        int freed = 0;
        for (int i = 0; i < FlowTable.EntriesPerBucket; i++) freed += SweepEntry(&bucket[i].Meta, bucket[i].Ports, snapshot, clock);
        return freed;
    }

    private static int SweepIpv6(Ipv6FlowEntry* bucket, SnapshotView snapshot, FlowClock clock)
    {
        int freed = 0;
        for (int i = 0; i < Ipv6FlowBucket.EntryCount; i++) freed += SweepEntry(&bucket[i].Meta, bucket[i].Ports, snapshot, clock);
        return freed;
    }

    private static int SweepEntry(FlowMeta* meta, uint ports, SnapshotView snapshot, FlowClock clock)
    {
        if (meta->Class == FlowClass.Empty || (!clock.IsExpired(*meta) && IsKept(*meta, ports, snapshot))) return 0;
        *meta = default;
        return 1;
    }

    private static bool IsKept(FlowMeta meta, uint ports, SnapshotView snapshot)
    {
        if (meta.Backend >= snapshot.Header->BackendSlots) return false;
        if ((snapshot.Backends[meta.Backend].Flags & BackendFlags.TakesEstablished) == 0) return false;
        int service = FlowEntry.AddressServiceOf(meta, ports);
        return service < 0 || (service < snapshot.Header->ServiceSlots && snapshot.Services[service].State == SlotState.InUse);
    }
}
