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
        int service = new Classifier(snapshot, region.Capacities).Find(question.Destination, question.NamedProtocol, question.DestinationPortRaw, fromRouter: true);
        if (service == Classifier.None) return answer with { Why = "noService" };
        answer = answer with { Service = SnapshotView.Text(snapshot.ServiceNames + service) };
        ref ServiceRecord record = ref snapshot.Services[service];
        ClusterFlowHash hash = new(snapshot.Header);
        PacketWork packet = new() { Service = service };
        Ipv6FlowKey ipv6Key;
        if (question.IsIpv6)
        {
            ipv6Key = Ipv6FlowKey.For(record, service, question.Source, question.Destination, question.Ports, question.Protocol, question.Class);
            packet.Ipv6Key = &ipv6Key;
            packet.Hash = ipv6Key.Hash(hash, record);
        }
        else
        {
            packet.Key = FlowKey.For(record, service, question.Source.Ipv4, question.Destination.Ipv4, question.Ports, question.Protocol, question.Class);
            packet.Hash = packet.Key.Hash(hash, record);
        }

        return FromFlows(answer, &packet, snapshot) ?? FromExceptions(answer, packet.Hash, snapshot) ?? FromTable(answer, service, packet.Hash, snapshot);
    }

    private FlowAnswer? FromFlows(FlowAnswer answer, PacketWork* packet, SnapshotView snapshot)
    {
        for (int worker = 0; worker < _region.Capacities.Workers; worker++)
        {
            FlowTables flows = new(_region, worker);
            FlowMeta* found = flows.Find(packet);
            if (found == null) continue;
            FlowMeta flow = *found;
            FlowClock clock = FlowClock.At(RegionFile.Now);
            BackendChoice choice = ChoiceFrom(snapshot, worker);
            if (!choice.KeepsFlow(flow, tcpFlags: 0) || choice.IsOvertaken(flow, packet->Hash, clock, (uint)(RegionFile.Now / 1000))) continue;
            return Named(answer, flow.Backend, snapshot) with { Why = "flow", Worker = worker, State = flow.State, IdleSeconds = clock.AgeOf(flow) * FlowMeta.TimeUnitSeconds };
        }

        return null;
    }

    private BackendChoice ChoiceFrom(SnapshotView snapshot, int worker = 0) => new(_region, snapshot, new FlowTables(_region, worker), NewFlowCap.None);

    private FlowAnswer? FromExceptions(FlowAnswer answer, ulong hash, SnapshotView snapshot)
    {
        uint now = (uint)(RegionFile.Now / 1000);
        int backend = ChoiceFrom(snapshot).FromExceptions(hash, tcpFlags: 0, now, out _);
        if (backend < 0 || !_region.ExceptionTable.TryFind(hash, now, out ExceptionValue value)) return null;
        return Named(answer, backend, snapshot) with { Why = "exception", State = value.State };
    }

    private FlowAnswer FromTable(FlowAnswer answer, int service, ulong hash, SnapshotView snapshot)
    {
        int backend = ChoiceFrom(snapshot).FromTable(service, hash);
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
