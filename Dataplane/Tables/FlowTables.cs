using System.Runtime.CompilerServices;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Forwarding;

namespace RustyRail.Dataplane.Tables;

/// <summary>One worker's flows of both families. What is known of a flow is the same word in both. Owner: the worker's thread.</summary>
internal readonly unsafe struct FlowTables(RegionView region, int worker)
{
    public readonly FlowTable Ipv4 = new(region.Flows(worker), region.FlowEntries);
    public readonly Ipv6FlowTable Ipv6 = new(region.Ipv6Flows(worker), region.Ipv6FlowBuckets);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(PacketWork* packet)
    {
        if (packet->Ipv6Key == null) Ipv4.Prefetch(packet->Hash);
        else Ipv6.Prefetch(packet->Hash);
    }

    /// <summary>What is known of the packet's flow, or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FlowMeta* Find(PacketWork* packet)
    {
        if (packet->Ipv6Key == null)
        {
            FlowEntry* entry = Ipv4.Find(packet->Key, packet->Hash);
            return entry == null ? null : &entry->Meta;
        }

        Ipv6FlowEntry* found = Ipv6.Find(packet->Ipv6Key, packet->Hash);
        return found == null ? null : &found->Meta;
    }

    /// <summary>Puts in a flow that is not there. True if a live one had to give way.</summary>
    public bool Insert(PacketWork* packet, FlowState state, FlowClock clock) => packet->Ipv6Key == null
        ? Ipv4.Insert(packet->Key, packet->Hash, packet->Backend, state, clock)
        : Ipv6.Insert(packet->Ipv6Key, packet->Hash, packet->Backend, state, clock);
}
