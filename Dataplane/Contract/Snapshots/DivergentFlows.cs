using RustyRail.Contract.Hashing;
using RustyRail.Contract.Region;

namespace RustyRail.Contract.Snapshots;

/// <summary>A flow that is at another backend than its table says now. <paramref name="Backend"/> is a slot, <paramref name="Age"/> in steps of the flow clock.</summary>
internal readonly record struct DivergentFlow(ulong Hash, ushort Backend, FlowClass Class, FlowState State, ushort Age);

/// <param name="Flows">Unordered; one that several workers have stands several times.</param>
/// <param name="Overflowed">Found beyond the most that were wanted: TCP handshakes under way give way first.</param>
internal sealed record DivergentScan(long Generation, long Seen, List<DivergentFlow> Flows, long Overflowed);

/// <summary>
/// Reads the workers' flow tables for flows that the current tables, or what other nodes believe of them, would send elsewhere and whose backend still keeps flows. Workers write
/// along, and a newer snapshot may replace the one in use meanwhile: what is found is true of the flow anyway (it is at that backend),
/// and what is missed then is found by the scan that the newer snapshot calls for.
/// </summary>
internal sealed unsafe class DivergentFlows
{
    private const byte Tcp = 6, Udp = 17;

    /// <summary>Between two looks at whether it shall stop.</summary>
    private const int StepEntries = 1 << 16;

    private readonly RegionView _region;
    private readonly SnapshotView _snapshot;
    private readonly Classifier _classifier;
    private readonly ClusterFlowHash _hash;
    private readonly FlowClock _clock;
    private readonly PoolRecord[] _pools;
    private readonly int _services, _backends, _most;
    private readonly IReadOnlyDictionary<ulong, int>? _told;
    private readonly bool _hasExceptions;
    private readonly uint _now;
    private readonly List<DivergentFlow> _found = [], _opening = [];
    private long _seen, _overflowed;

    private DivergentFlows(RegionView region, long generation, long now, int most, IReadOnlyDictionary<ulong, int>? told)
    {
        (_told, _now, _hasExceptions) = (told, (uint)(now / 1000), Volatile.Read(ref region.Header->ExceptionCount) > 0);
        _region = region;
        _snapshot = region.Snapshot(generation);
        _classifier = new Classifier(_snapshot, region.Capacities);
        _hash = new ClusterFlowHash(_snapshot.Header);
        _clock = FlowClock.At(now);
        _pools = new Span<PoolRecord>(_snapshot.Pools, Math.Clamp(_snapshot.Header->PoolSlots, 0, region.Capacities.Pools)).ToArray();
        _services = Math.Clamp(_snapshot.Header->ServiceSlots, 0, region.Capacities.Services);
        _backends = Math.Clamp(_snapshot.Header->BackendSlots, 0, region.Capacities.Backends);
        _most = most;
    }

    /// <param name="now">Monotonic milliseconds.</param>
    /// <param name="told">What this node made others believe: flows by their hash, and the slots of their backends.</param>
    /// <param name="stop">Ends it early, with what was found by then.</param>
    public static DivergentScan Find(RegionView region, long now, int most, IReadOnlyDictionary<ulong, int>? told = null, CancellationToken stop = default)
    {
        long generation = Volatile.Read(ref region.Header->Generation);
        if (generation == 0) return new(0, 0, [], 0);
        DivergentFlows scan = new(region, generation, now, most, told);
        for (int worker = 0; worker < region.Capacities.Workers; worker++)
        {
            for (long at = 0; at < region.FlowEntries && !stop.IsCancellationRequested; at += StepEntries)
            {
                scan.Read(region.Flows(worker) + at, Math.Min(StepEntries, region.FlowEntries - at));
            }

            for (long at = 0; at < region.Ipv6FlowBuckets && !stop.IsCancellationRequested; at += StepEntries)
            {
                scan.Read(region.Ipv6Flows(worker) + at, Math.Min(StepEntries, region.Ipv6FlowBuckets - at));
            }
        }

        int handshakes = Math.Min(scan._opening.Count, most - scan._found.Count);
        scan._found.AddRange(scan._opening.Take(handshakes));
        return new(generation, scan._seen, scan._found, scan._overflowed + scan._opening.Count - handshakes);
    }

    /// <summary>
    /// True if no worker looks at an older snapshot: a scan that begins now misses no flow that was opened by one. A worker at rest
    /// takes the newest when it wakes.
    /// </summary>
    public static bool AreAllAdopted(RegionFile file, long generation)
    {
        if (!file.IsHeld(RegionRole.Dataplane)) return true;
        RegionView region = new(file);
        for (int worker = 0; worker < region.Capacities.Workers; worker++)
        {
            long pinned = Volatile.Read(ref region.Reader(worker)->Pinned);
            if (pinned != ReaderLine.Quiescent && pinned < generation) return false;
        }

        return true;
    }

    private void Read(FlowEntry* entries, long count)
    {
        for (FlowEntry* entry = entries, end = entries + count; entry < end; entry++)
        {
            if (SeenFlow.TryRead(entry, out SeenFlow flow)) Meet(flow);
        }
    }

    private void Read(Ipv6FlowBucket* buckets, long count)
    {
        for (Ipv6FlowBucket* bucket = buckets, end = buckets + count; bucket < end; bucket++)
        {
            Ipv6FlowEntry* entries = (Ipv6FlowEntry*)bucket;
            for (int i = 0; i < Ipv6FlowBucket.EntryCount; i++)
            {
                if (SeenFlow.TryRead(entries + i, out SeenFlow flow)) Meet(flow);
            }
        }
    }

    private void Meet(in SeenFlow flow)
    {
        _seen++;
        if (!_clock.IsExpired(flow.Meta)) Judge(flow);
    }

    private void Judge(in SeenFlow flow)
    {
        if (flow.Meta.Backend >= _backends || (_snapshot.Backends[flow.Meta.Backend].Flags & BackendFlags.TakesEstablished) == 0) return;
        int service = ServiceOf(flow);
        if ((uint)service >= (uint)_services) return;
        ulong hash = flow.Hash(_hash, _snapshot.Services[service].NameHash);
        uint pool = _snapshot.Services[service].Pool;
        ReadOnlySpan<ushort> table = pool < _pools.Length ? _region.Table(_pools[pool]) : default;
        if (!table.IsEmpty && table[(int)FlowHash.Reduce(hash, (uint)table.Length)] == flow.Meta.Backend && !IsBelievedElsewhere(flow, hash)) return;
        List<DivergentFlow> kind = flow.Meta is { Class: FlowClass.Tcp, State: FlowState.Opening } ? _opening : _found;
        if (kind.Count < _most) kind.Add(new(hash, (ushort)flow.Meta.Backend, flow.Meta.Class, flow.Meta.State, (ushort)_clock.AgeOf(flow.Meta)));
        else _overflowed++;
    }

    /// <summary>The ports of an ended connection, used again: what is known of that one is not true of this one.</summary>
    private bool IsBelievedElsewhere(in SeenFlow flow, ulong hash)
    {
        if (_told is not null && _told.TryGetValue(hash, out int told) && told != flow.Meta.Backend) return true;
        return _hasExceptions
            && _region.ExceptionTable.TryFind(hash, _now, out ExceptionValue value)
            && value.Backend != flow.Meta.Backend
            && value.LastSeen + (_clock.AgeOf(flow.Meta) * FlowMeta.TimeUnitSeconds) <= _now;
    }

    /// <summary>The service that the flow's packets are for now, or -1 if they no longer make a flow of this kind.</summary>
    private int ServiceOf(in SeenFlow flow)
    {
        int service = flow.AddressService;
        if (service >= 0)
        {
            bool isStill = service < _services && _snapshot.Services[service].State == SlotState.InUse && IsOf(flow, (Specification.Affinity)_snapshot.Services[service].Affinity);
            return isStill ? service : Classifier.None;
        }

        service = flow.Meta.Class switch
        {
            FlowClass.Tcp => _classifier.Find(flow.Destination, Tcp, (ushort)(flow.Ports >> 16), fromRouter: true),
            FlowClass.Udp => _classifier.Find(flow.Destination, Udp, (ushort)(flow.Ports >> 16), fromRouter: true),
            _ => _classifier.Find(flow.Destination, (byte)flow.Ports, 0, fromRouter: true),
        };
        return service >= 0 && (Specification.Affinity)_snapshot.Services[service].Affinity == Specification.Affinity.FiveTuple ? service : Classifier.None;
    }

    private static bool IsOf(in SeenFlow flow, Specification.Affinity affinity) => affinity switch
    {
        Specification.Affinity.Source => !flow.HasDestination,
        Specification.Affinity.Addresses => flow.HasDestination,
        _ => false,
    };
}
