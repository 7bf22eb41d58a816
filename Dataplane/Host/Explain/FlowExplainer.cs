using RustyRail.Contract.Hashing;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Tables;

namespace RustyRail.Dataplane.Host.Explain;

/// <summary>
/// Answers from the live region with the pipeline's own classifier, flow table and choice. It has no reader line, so it looks at the
/// generation before and after and asks again if the snapshot was replaced meanwhile.
/// </summary>
internal sealed unsafe class FlowExplainer(RegionFile region)
{
    private readonly RegionView _region = new(region);

    /// <exception cref="RegionException">Nothing was published yet.</exception>
    public FlowAnswer Explain(FlowQuestion question)
    {
        while (true)
        {
            long generation = Volatile.Read(ref _region.Header->Generation);
            if (generation == 0) throw new RegionException($"{region.Path}: nothing was published yet");
            SnapshotView snapshot = _region.Snapshot(generation);
            FlowAnswer answer = Answer(question, snapshot, generation);
            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref snapshot.Header->Generation) == generation) return answer;
        }
    }

    private FlowAnswer Answer(FlowQuestion question, SnapshotView snapshot, long generation)
    {
        FlowAnswer answer = new() { Generation = generation };
        int service = new Classifier(snapshot, region.Capacities).Find(question.Destination, question.Protocol, question.DestinationPortRaw, fromRouter: true);
        if (service == Classifier.None) return answer with { Why = "noService" };
        answer = answer with { Service = SnapshotView.Text(snapshot.ServiceNames + service) };
        ref ServiceRecord record = ref snapshot.Services[service];
        FlowKey key = FlowKey.For(record, service, question.Source, question.Destination, question.Ports, question.Protocol);
        ulong hash = key.Hash(new FlowHash(snapshot.Header->HashKey0, snapshot.Header->HashKey1), record);
        return FromFlows(answer, key, hash, snapshot) ?? FromExceptions(answer, hash, snapshot) ?? FromTable(answer, service, hash, snapshot);
    }

    private FlowAnswer? FromFlows(FlowAnswer answer, FlowKey key, ulong hash, SnapshotView snapshot)
    {
        for (int worker = 0; worker < _region.Capacities.Workers; worker++)
        {
            FlowTable flows = new(_region.Flows(worker), _region.FlowEntries);
            FlowEntry* entry = flows.Find(key, hash);
            if (entry == null) continue;
            FlowEntry copy = *entry;
            FlowClock clock = FlowClock.At(RegionFile.Now);
            BackendChoice choice = new(_region, snapshot, flows);
            if (!choice.KeepsFlow(&copy, tcpFlags: 0) || choice.IsOvertaken(&copy, hash, clock, (uint)(RegionFile.Now / 1000))) continue;
            return Named(answer, copy.Backend, snapshot) with { Why = "flow", Worker = worker, State = copy.State, IdleSeconds = clock.AgeOf(copy.Meta) * FlowMeta.TimeUnitSeconds };
        }

        return null;
    }

    private FlowAnswer? FromExceptions(FlowAnswer answer, ulong hash, SnapshotView snapshot)
    {
        uint now = (uint)(RegionFile.Now / 1000);
        int backend = new BackendChoice(_region, snapshot, default).FromExceptions(hash, tcpFlags: 0, now, out _);
        if (backend < 0 || !_region.ExceptionTable.TryFind(hash, now, out ExceptionValue value)) return null;
        return Named(answer, backend, snapshot) with { Why = "exception", State = value.State };
    }

    private FlowAnswer FromTable(FlowAnswer answer, int service, ulong hash, SnapshotView snapshot)
    {
        int backend = new BackendChoice(_region, snapshot, default).FromTable(service, hash);
        if (backend < 0) return answer with { Why = "noBackend" };
        int size = snapshot.Pools[snapshot.Services[service].Pool].TableSize;
        return Named(answer, backend, snapshot) with { Why = "table", TableSize = size, TableIndex = (int)FlowHash.Reduce(hash, (uint)size) };
    }

    private static FlowAnswer Named(FlowAnswer answer, int backend, SnapshotView snapshot) => answer with
    {
        Pool = SnapshotView.Text(snapshot.PoolNames + snapshot.Backends[backend].Pool),
        Backend = SnapshotView.Text(snapshot.BackendNames + backend),
        Address = snapshot.Backends[backend].Address.ToAddress().ToString(),
        HasNextHop = (snapshot.Backends[backend].Flags & BackendFlags.NextHop) != 0,
    };
}
