using System.Runtime.CompilerServices;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;

namespace RustyRail.Dataplane.Forwarding;

/// <summary>Counts into the region. One writer, so plain additions do; readers add up workers. Owner: the worker's thread.</summary>
internal sealed unsafe class Tally(RegionView region, int worker)
{
    private readonly WorkerCounterBlock* _totals = region.Counters(worker);
    private readonly TrafficCounters* _services = region.ServiceCounters(worker);
    private readonly TrafficCounters* _backends = region.BackendCounters(worker);

    public void FlowHits(ulong packets) => _totals->FlowHits += packets;

    public void FlowMiss() => _totals->FlowMisses++;

    public void ExceptionHit() => _totals->ExceptionHits++;

    public void Inserted(bool displaced)
    {
        _totals->FlowsInserted++;
        if (displaced) _totals->FlowsDisplaced++;
    }

    public void Expired(int entries) => _totals->FlowsExpired += (ulong)entries;

    public void PortDropped(ulong total) => _totals->PortDropped = total;

    /// <summary>
    /// Slots that are retired count from 0 again before they can have another owner: call it when a walk over the flows has ended, while
    /// the snapshot of before is still in use.
    /// </summary>
    public void ForgetRetired(SnapshotView snapshot)
    {
        for (int slot = 0; slot < Math.Min(snapshot.Header->BackendSlots, region.Capacities.Backends); slot++)
        {
            if (snapshot.Backends[slot].State == SlotState.Retired) _backends[slot] = default;
        }

        for (int slot = 0; slot < Math.Min(snapshot.Header->ServiceSlots, region.Capacities.Services); slot++)
        {
            if (snapshot.Services[slot].State == SlotState.Retired) _services[slot] = default;
        }
    }

    /// <summary>Once per batch: what was received, and how much of it has left as <see cref="Forwarded"/> counted it.</summary>
    public void Batch(int received, ulong receivedBytes, int forwarded, ulong forwardedBytes)
    {
        _totals->Received += (ulong)received;
        _totals->ReceivedBytes += receivedBytes;
        _totals->Forwarded += (ulong)forwarded;
        _totals->ForwardedBytes += forwardedBytes;
    }

    /// <summary>A packet that the port has taken for the wire.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Forwarded(PacketWork* packet, ulong bytes)
    {
        TrafficCounters* service = _services + (uint)packet->Service, backend = _backends + (uint)packet->Backend;
        service->Packets++;
        service->Bytes += bytes;
        backend->Packets++;
        backend->Bytes += bytes;
        if (!packet->IsNewFlow) return;
        service->NewFlows++;
        backend->NewFlows++;
    }

    /// <summary>Any other packet, when its fate is known: a verdict may still turn into txFull or hostFull at the port.</summary>
    public void NotForwarded(in PacketWork packet)
    {
        switch (packet.Verdict)
        {
            case Verdict.Host:
                _totals->Host++;
                break;
            case Verdict.Answered:
                _totals->Answered++;
                break;
            default:
                _totals->Dropped++;
                break;
        }

        _totals->Reasons[(int)packet.Reason]++;
    }
}
