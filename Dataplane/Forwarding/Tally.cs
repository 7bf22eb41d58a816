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
    private uint _misses;

    public void FlowMiss() => _misses++;

    public void ExceptionHit() => _totals->ExceptionHits++;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Inserted(bool displaced)
    {
        _totals->FlowsInserted++;
        if (displaced) _totals->FlowsDisplaced++;
    }

    /// <summary>A new flow beyond what <see cref="NewFlowCap"/> lets in.</summary>
    public void NotInserted() => _totals->FlowsNotInserted++;

    public void Reopened() => _totals->FlowsReopened++;

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

    /// <summary>Once per batch, before any of it is counted otherwise.</summary>
    public void Received(uint packets, ulong bytes)
    {
        _totals->Received += packets;
        _totals->ReceivedBytes += bytes;
    }

    /// <summary>A packet of another worker's flow that found no place on the way there: nobody else counts it.</summary>
    public void NotHandedOver(Reason reason, int bytes)
    {
        Received(1, (uint)bytes);
        _totals->Dropped++;
        _totals->Reasons[(int)reason]++;
    }

    /// <summary>Once per batch: for how many packets the flow table was asked.</summary>
    public void FlowsSought(uint packets)
    {
        _totals->FlowHits += packets - _misses;
        _totals->FlowMisses += _misses;
        _misses = 0;
    }

    /// <summary>Packets that the port has taken for the wire.</summary>
    public void Forwarded(PacketWork* packet, PacketSlot* slot, int count)
    {
        TrafficCounters* backends = _backends;
        ulong all = 0;
        // Most of a batch is one service's: its sums go to memory when another's follow.
        for (PacketSlot* end = slot + count; slot < end;)
        {
            int service = packet->Service;
            PacketSlot* first = slot;
            ulong bytes = 0;
            do
            {
                ulong length = (uint)slot->Length;
                TrafficCounters* backend = backends + (uint)packet->Backend;
                backend->Packets++;
                backend->Bytes += length;
                bytes += length;
                slot++;
                packet++;
            }
            while (slot < end && packet->Service == service);

            _services[(uint)service].Packets += (ulong)(slot - first);
            _services[(uint)service].Bytes += bytes;
            all += bytes;
        }

        _totals->Forwarded += (uint)count;
        _totals->ForwardedBytes += all;
    }

    /// <summary>A flow that no node knew, at its first packet, whether that leaves or not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void NewFlow(int service, int backend)
    {
        _services[(uint)service].NewFlows++;
        _backends[(uint)backend].NewFlows++;
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
