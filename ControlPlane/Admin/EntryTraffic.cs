using System.Collections.Immutable;
using RustyRail.Contract;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;

namespace RustyRail.ControlPlane.Admin;

/// <summary>Traffic by name: counters and flow tables speak in slots, the published snapshot says whose they are.</summary>
internal sealed class EntryTraffic
{
    private readonly Dictionary<ServiceId, TrafficCounters> _services = [];
    private readonly Dictionary<BackendId, (TrafficCounters Counters, long Flows)> _backends = [];

    private EntryTraffic()
    {
    }

    public TrafficCounters this[ServiceId service] => _services.GetValueOrDefault(service);

    public (TrafficCounters Counters, long Flows) this[BackendId backend] => _backends.GetValueOrDefault(backend);

    /// <summary>Takes some tens of milliseconds when <paramref name="countFlows"/>: every flow table is read.</summary>
    public static unsafe EntryTraffic Read(RegionFile region, bool countFlows)
    {
        EntryTraffic traffic = new();
        RegionView view = new(region);
        (ImmutableArray<ServiceId> services, ImmutableArray<BackendId?> backends) = Names(view);
        long[] flows = countFlows ? Flows(view, backends.Length) : new long[backends.Length];
        for (int slot = 0; slot < services.Length; slot++)
        {
            TrafficCounters sum = default;
            for (int worker = 0; worker < region.Capacities.Workers; worker++) Add(ref sum, view.ServiceCounters(worker)[slot]);
            traffic._services[services[slot]] = sum;
        }

        for (int slot = 0; slot < backends.Length; slot++)
        {
            if (backends[slot] is not { } backend) continue;
            TrafficCounters sum = default;
            for (int worker = 0; worker < region.Capacities.Workers; worker++) Add(ref sum, view.BackendCounters(worker)[slot]);
            traffic._backends[backend] = (sum, flows[slot]);
        }

        return traffic;
    }

    private static void Add(ref TrafficCounters sum, in TrafficCounters one)
    {
        sum.Packets += one.Packets;
        sum.Bytes += one.Bytes;
        sum.NewFlows += one.NewFlows;
    }

    // Not a pinned reader: if the slot is written over meanwhile, its generation says so, and there is a newer one to read.
    private static unsafe (ImmutableArray<ServiceId> Services, ImmutableArray<BackendId?> Backends) Names(RegionView view)
    {
        while (true)
        {
            long generation = Volatile.Read(ref view.Header->Generation);
            if (generation == 0) return ([], []);
            SnapshotView snapshot = view.Snapshot(generation);
            var services = ImmutableArray.CreateBuilder<ServiceId>();
            int serviceSlots = Math.Clamp(snapshot.Header->ServiceSlots, 0, view.Capacities.Services);
            for (int slot = 0; slot < serviceSlots; slot++) services.Add(new ServiceId(SnapshotView.Text(snapshot.ServiceNames + slot)));

            var backends = ImmutableArray.CreateBuilder<BackendId?>();
            int backendSlots = Math.Clamp(snapshot.Header->BackendSlots, 0, view.Capacities.Backends);
            for (int slot = 0; slot < backendSlots; slot++)
            {
                bool named = snapshot.Backends[slot].State == SlotState.InUse && snapshot.Backends[slot].Pool < view.Capacities.Pools;
                backends.Add(named ? snapshot.BackendIdOf(slot) : null);
            }

            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref snapshot.Header->Generation) == generation) return (services.ToImmutable(), backends.ToImmutable());
        }
    }

    private static unsafe long[] Flows(RegionView view, int backends)
    {
        long[] flows = new long[backends];
        for (int worker = 0; worker < view.Capacities.Workers; worker++)
        {
            FlowEntry* table = view.Flows(worker);
            for (long i = 0; i < view.FlowEntries; i++) Count(flows, table[i].Meta);
            for (long i = 0; i < view.Ipv6FlowBuckets; i++)
            {
                Ipv6FlowEntry* bucket = (Ipv6FlowEntry*)(view.Ipv6Flows(worker) + i);
                for (int entry = 0; entry < Ipv6FlowBucket.EntryCount; entry++) Count(flows, bucket[entry].Meta);
            }
        }

        return flows;
    }

    private static void Count(long[] flows, FlowMeta meta)
    {
        if (meta.Class != FlowClass.Empty && meta.Backend < flows.Length) flows[meta.Backend]++;
    }
}
