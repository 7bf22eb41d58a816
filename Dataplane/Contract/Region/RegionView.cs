using System.Runtime.CompilerServices;
using RustyRail.Contract.Snapshots;

namespace RustyRail.Contract.Region;

/// <summary>Typed pointers to the sections of a mapped region.</summary>
internal readonly unsafe struct RegionView
{
    private readonly byte* _start;
    private readonly SnapshotLayout _snapshotLayout;
    private readonly RegionLayout _layout;

    public RegionView(RegionFile region)
    {
        _start = region.Start;
        _layout = region.Layout;
        Capacities = region.Capacities;
        _snapshotLayout = new SnapshotLayout(region.Capacities);
    }

    public RegionCapacities Capacities { get; }
    public RegionHeader* Header => (RegionHeader*)_start;
    public int Readers => _layout.Readers;

    /// <summary>Reader <c>Workers</c> is the housekeeper.</summary>
    public ReaderLine* Reader(int index) => (ReaderLine*)(_start + _layout.ReaderLines) + index;

    public WorkerCounterBlock* Counters(int worker) => (WorkerCounterBlock*)(_start + _layout.WorkerCounters) + worker;

    public TrafficCounters* ServiceCounters(int worker) =>
        (TrafficCounters*)(_start + _layout.ServiceCounters) + ((long)worker * Capacities.Services);

    public TrafficCounters* BackendCounters(int worker) =>
        (TrafficCounters*)(_start + _layout.BackendCounters) + ((long)worker * Capacities.Backends);

    public FlowEntry* Flows(int worker) => (FlowEntry*)(_start + _layout.Flows + (worker * _layout.FlowTableBytes));
    public long FlowEntries => 2L * Capacities.FlowsPerWorker;

    public Ipv6FlowBucket* Ipv6Flows(int worker) => (Ipv6FlowBucket*)(_start + _layout.Ipv6Flows + (worker * _layout.Ipv6FlowTableBytes));
    public long Ipv6FlowBuckets => Capacities.Ipv6FlowsPerWorker;

    public ExceptionTable ExceptionTable => new((ExceptionEntry*)(_start + _layout.Exceptions), 2L * Capacities.Exceptions);

    public SampleRingHeader* Samples(int worker) => (SampleRingHeader*)(_start + _layout.Samples + (worker * _layout.SampleRingBytes));

    public SnapshotView Snapshot(long generation) =>
        new(_start + _layout.Snapshots + (generation % RegionLayout.SnapshotSlots * _layout.SnapshotBytes), _snapshotLayout);

    public long ArenaStart => _layout.TableArena;
    public long ArenaEnd => _layout.TableArena + Capacities.TableArenaBytes;

    /// <summary>The entries of a pool's table, or an empty span if the record points outside the arena (a worker trusts no offset).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<ushort> Table(in PoolRecord pool)
    {
        bool inside = pool.TakesNew > 0 && pool.TableSize > 0 && pool.TableOffset >= ArenaStart
            && pool.TableOffset <= ArenaEnd - ((long)pool.TableSize * sizeof(ushort)) && (pool.TableOffset & 1) == 0;
        return inside ? new ReadOnlySpan<ushort>(_start + pool.TableOffset, pool.TableSize) : default;
    }

    public ushort* TableStart(in PoolRecord pool) => (ushort*)(_start + pool.TableOffset);
}
