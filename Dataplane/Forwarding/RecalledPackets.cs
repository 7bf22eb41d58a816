using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Forwarding.Matching;
using RustyRail.Dataplane.Forwarding.Parsing;
using RustyRail.Dataplane.Forwarding.Sending;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Tables;

namespace RustyRail.Dataplane.Forwarding;

/// <summary>
/// The loop over packets of the usual form whose flow was seen just now: they are done with in one go. No calls inside: what a call would keep
/// stays in registers. Owner: the worker's thread.
/// </summary>
internal sealed unsafe class RecalledPackets(KnownMatches known, RecentFlows recent)
{
    private readonly KnownMatches.Learnt* _learnt = known.Numbered;
    private BackendRecord* _backends;

    /// <summary>Of the port.</summary>
    public MacFilter Mac { get; set; }

    /// <summary>Before it nothing is known, so that every packet is left to others.</summary>
    public void Adopt(SnapshotView snapshot) => _backends = snapshot.Backends;

    /// <summary>Rewrites packets, from <paramref name="next"/> on, as long as one follows the other. Returns where it stopped.</summary>
    public int Run(PacketSlot* slots, PacketWork* packets, int next, int count)
    {
        if (_backends == null) return next;
        PacketSlot* slot = slots + next, end = slots + count;
        for (PacketWork* packet = packets + next; slot < end; slot++, packet++)
        {
            if (!FixedLayout.TryRead(slot->Data, slot->Length, Mac, TcpHeader.Changing, out FixedLayout found)) break;
            FlowKey key = new(found.Addresses, found.Ports, found.Class);
            RecentFlow* copy = recent.Find(key.Addresses, key.Rest);
            KnownMatches.Learnt* learnt = _learnt + copy->Match;
            uint backend = copy->Backend;
            // Asked for together with what the rewrite asks for: of a flow that is not there too, whose entry leads nowhere.
            ulong wrong = (learnt->Router ^ found.Router) | copy->NotInPlace;
            if (!GreRewrite.TryInPlace(slot, _backends + backend, wrong)) break;
            packet->Service = learnt->Service;
            packet->Backend = (int)backend;
            packet->Verdict = Verdict.Forwarded;
        }

        return (int)(slot - slots);
    }
}
