using RustyRail.Contract.Snapshots;

namespace RustyRail.Contract.Region;

/// <summary>Where each section of the region starts. Computed from the capacities alone, so both programs agree without exchanging pointers.</summary>
internal sealed class RegionLayout
{
    /// <summary>Raised with every change of a record or section; programs of different versions refuse each other.</summary>
    public const uint Version = 3;

    /// <summary>"RUSTYRGN", little-endian.</summary>
    public const ulong Magic = 0x4E47525954535552;

    /// <summary>
    /// Snapshot slots. With readers pinned to at most two generations (the current one and the one before), a third slot is free
    /// after any acknowledgement; the fourth lets a burst go on while one reader lags.
    /// </summary>
    public const int SnapshotSlots = 4;

    public const int PageBytes = 4096;

    /// <summary>Readers of snapshots: every worker, and one housekeeper that keeps the port's VIP filter in step.</summary>
    public int Readers { get; }

    public long ReaderLines { get; }
    public long WorkerCounters { get; }
    public long ServiceCounters { get; }
    public long BackendCounters { get; }
    public long Snapshots { get; }
    public long SnapshotBytes { get; }
    public long Flows { get; }
    public long FlowTableBytes { get; }
    public long Ipv6Flows { get; }
    public long Ipv6FlowTableBytes { get; }
    public long Exceptions { get; }
    public long Samples { get; }
    public long SampleRingBytes { get; }

    /// <summary>Everything before this offset is reserved when the region is made; tables reserve their own pages.</summary>
    public long TableArena { get; }

    public long TotalBytes { get; }

    public unsafe RegionLayout(RegionCapacities capacities)
    {
        Readers = capacities.Workers + 1;
        long at = PageBytes;
        long Section(long bytes)
        {
            long start = at;
            at = RoundUp(at + bytes, PageBytes);
            return start;
        }

        ReaderLines = Section((long)Readers * sizeof(ReaderLine));
        WorkerCounters = Section((long)capacities.Workers * sizeof(WorkerCounterBlock));
        ServiceCounters = Section((long)capacities.Workers * capacities.Services * sizeof(TrafficCounters));
        BackendCounters = Section((long)capacities.Workers * capacities.Backends * sizeof(TrafficCounters));
        SnapshotBytes = RoundUp(new SnapshotLayout(capacities).TotalBytes, PageBytes);
        Snapshots = Section(SnapshotSlots * SnapshotBytes);
        FlowTableBytes = 2L * capacities.FlowsPerWorker * sizeof(FlowEntry);
        Flows = Section(capacities.Workers * FlowTableBytes);
        Ipv6FlowTableBytes = (long)capacities.Ipv6FlowsPerWorker * sizeof(Ipv6FlowBucket);
        Ipv6Flows = Section(capacities.Workers * Ipv6FlowTableBytes);
        Exceptions = Section(2L * capacities.Exceptions * sizeof(ExceptionEntry));
        SampleRingBytes = sizeof(SampleRingHeader) + ((long)capacities.SamplesPerWorker * sizeof(SampledPacket));
        Samples = Section(capacities.Workers * SampleRingBytes);
        TableArena = Section(capacities.TableArenaBytes);
        TotalBytes = at;
    }

    private static long RoundUp(long value, long unit) => (value + unit - 1) / unit * unit;
}
