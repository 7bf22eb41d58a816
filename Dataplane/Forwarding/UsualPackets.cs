using RustyRail.Contract.Hashing;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Forwarding.Matching;
using RustyRail.Dataplane.Forwarding.Parsing;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Tables;

namespace RustyRail.Dataplane.Forwarding;

/// <summary>The loop over packets of the usual form. Owner: the worker's thread.</summary>
internal abstract unsafe class UsualPackets
{
    /// <summary>Of the port.</summary>
    public MacFilter Mac { get; set; }

    /// <summary>Before it nothing is known, so that every packet is left to others.</summary>
    public abstract void Adopt(SnapshotView snapshot);

    /// <summary>Finds service, key and hash of packets, from <paramref name="next"/> on, as long as one follows the other. Returns where it stopped.</summary>
    public abstract int Match(PacketSlot* slots, PacketWork* packets, int next, int count);
}

/// <summary>Compiled for each hash. No calls inside the loop: what a call would keep stays in registers.</summary>
internal sealed unsafe class UsualPackets<THash>(KnownMatches known, FlowTable flows) : UsualPackets
    where THash : struct, IFlowHash<THash>
{
    private THash _hash;

    public override void Adopt(SnapshotView snapshot) => _hash = THash.Keyed(snapshot.Header->HashKey0, snapshot.Header->HashKey1);

    public override int Match(PacketSlot* slots, PacketWork* packets, int next, int count)
    {
        PacketSlot* slot = slots + next, end = slots + count;
        for (PacketWork* packet = packets + next; slot < end; slot++, packet++)
        {
            if (!FixedLayout.TryRead(slot->Data, slot->Length, Mac, withoutFlags: 0, out FixedLayout found)) break;
            ulong match = KnownMatches.Match(found.Addresses, found.Ports, found.Class);
            KnownMatches.Entry* entry = known.At(match, found.Router);
            if (((entry->Match ^ match) | (entry->Router ^ found.Router)) != 0) break;
            ulong flow = _hash.Of(found.Addresses, found.Ports | ((ulong)found.Class << 32));
            flows.Prefetch(flow);
            packet->Key = new(found.Addresses, found.Ports, found.Class);
            packet->Hash = flow;
            packet->Ipv6Key = null;
            packet->Outer = found.IsInGre ? slot->Data + EthernetHeader.Size : null;
            packet->Inner = FixedLayout.InnerOf(slot->Data, found.IsInGre);
            packet->Service = entry->Service;
            packet->Backend = -1;
            packet->PacketLength = ((Ipv4Header*)packet->First)->TotalLength.Value;
            packet->InnerLength = ((Ipv4Header*)packet->Inner)->TotalLength.Value;
            packet->Verdict = Verdict.Forwarded;
            packet->Reason = Reason.None;
            packet->TcpFlags = (byte)found.TcpFlags;
            packet->Role = PacketRole.Flow;
        }

        return (int)(slot - slots);
    }
}
