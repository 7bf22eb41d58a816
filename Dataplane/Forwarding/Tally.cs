using System.Runtime.CompilerServices;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Ports;

namespace RustyRail.Dataplane.Forwarding;

/// <summary>Counts into the region. One writer, so plain additions do; readers add up workers. Owner: the worker's thread.</summary>
internal sealed unsafe class Tally(RegionView region, int worker)
{
    private readonly WorkerCounterBlock* _totals = region.Counters(worker);
    private readonly TrafficCounters* _services = region.ServiceCounters(worker);
    private readonly TrafficCounters* _backends = region.BackendCounters(worker);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void FlowHit() => _totals->FlowHits++;

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

    /// <summary>Exactly once per packet, when its fate is known: a verdict may still turn into txFull or hostFull at the port.</summary>
    public void Count(in PacketWork packet, int receivedLength, in PacketSlot slot)
    {
        _totals->Received++;
        _totals->ReceivedBytes += (ulong)receivedLength;
        switch (packet.Verdict)
        {
            case Verdict.Forwarded:
                CountForwarded(packet, (ulong)slot.Length);
                return;
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CountForwarded(in PacketWork packet, ulong bytes)
    {
        _totals->Forwarded++;
        _totals->ForwardedBytes += bytes;
        Add(_services + packet.Service, packet, bytes);
        Add(_backends + packet.Backend, packet, bytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(TrafficCounters* counters, in PacketWork packet, ulong bytes)
    {
        counters->Packets++;
        counters->Bytes += bytes;
        if (packet.IsNewFlow) counters->NewFlows++;
    }
}
