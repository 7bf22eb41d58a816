using System.Runtime.CompilerServices;
using RustyRail.Contract.Hashing;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Forwarding.Matching;
using RustyRail.Dataplane.Forwarding.Parsing;
using RustyRail.Dataplane.Forwarding.Sending;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Tables;

namespace RustyRail.Dataplane.Forwarding;

/// <summary>
/// Looks at every packet of a batch once. Those of the usual form whose flow was seen just now are done with it; of the others it finds service, key
/// and hash, and sends for their flow's buckets: those are on their way while the next packets are looked at. Owner: the worker's thread.
/// </summary>
internal sealed unsafe class FirstPass
{
    private const int BatchBits = Forwarder.BatchSize;

    private readonly FlowTables _flows;
    private readonly RecentFlows _recent;
    private readonly KnownMatches _known = new();
    private readonly ServiceMatcher _matcher;
    private readonly Ipv6FlowKey[] _ipv6Keys = GC.AllocateArray<Ipv6FlowKey>(Forwarder.BatchSize, pinned: true);
    private readonly Ipv6FlowKey* _firstIpv6Key;
    private MacFilter _mac;
    private BackendRecord* _backends;
    private FlowHash _hash;
    private uint _touched;

    public FirstPass(RegionView region, FlowTables flows, RecentFlows recent, ulong deviceMac)
    {
        _flows = flows;
        _recent = recent;
        _matcher = new ServiceMatcher(region, _known);
        _firstIpv6Key = (Ipv6FlowKey*)Unsafe.AsPointer(ref _ipv6Keys[0]);
        DeviceMac = deviceMac;
    }

    /// <summary>A device's address may change; from any thread. See <see cref="MacFilter"/>.</summary>
    public ulong DeviceMac
    {
        set => _mac = new MacFilter(value);
    }

    public KnownMatches Known => _known;

    public void Adopt(SnapshotView snapshot)
    {
        _matcher.Adopt(snapshot);
        _known.Forget();
        _backends = snapshot.Backends;
        _hash = new FlowHash(snapshot.Header->HashKey0, snapshot.Header->HashKey1);
    }

    /// <param name="settled">How many have another verdict than <see cref="Verdict.Forwarded"/>, finally.</param>
    /// <param name="bytes">Of all frames.</param>
    /// <returns>A bit for each packet that the second pass must see; all others are rewritten for their backend, or settled.</returns>
    public ulong Run(PacketSlot* slots, PacketWork* packets, int count, out int settled, out ulong bytes)
    {
        bytes = HeaderLines.Touch(slots, count, ref _touched);
        ulong pending = 0;
        int others = 0, recalled = 0;
        bool recalls = _recent.IsAwake;
        for (int next = 0; next < count;)
        {
            int from = next;
            if (recalls) next = Recall(slots, packets, from, count);
            recalled += next - from;
            if (next == count) break;
            from = next;
            next = Match(slots, packets, from, recalls ? from + 1 : count);
            if (next > from)
            {
                pending |= (ulong.MaxValue >> (BatchBits - next + from)) << from;
                if (recalls) Forget(packets + from);
                continue;
            }

            if (TryMatchAny(slots + next, packets + next, _firstIpv6Key + next)) pending |= 1UL << next;
            else others++;
            next++;
        }

        _recent.Account(count - others, recalled);
        settled = others;
        return pending;
    }

    /// <summary>
    /// Rewrites packets whose flow was seen just now, from <paramref name="next"/> on, as long as one follows the other. Returns where it stopped. No
    /// calls inside: what a call would keep stays in registers.
    /// </summary>
    private int Recall(PacketSlot* slots, PacketWork* packets, int next, int count)
    {
        PacketSlot* slot = slots + next, end = slots + count;
        for (PacketWork* packet = packets + next; slot < end; slot++, packet++)
        {
            if (!FixedLayout.TryRead(slot->Data, slot->Length, _mac, out FixedLayout found)) break;
            FlowKey key = new(found.Addresses, found.Ports, found.Class);
            RecentFlow* recent = _recent.Find(key.Addresses, key.Rest, _hash.Of(found.Addresses, found.Ports | ((ulong)found.Class << 32)));
            if (recent == null) break;
            KnownMatches.Learnt* known = _known.Numbered(recent->Match);
            if (((found.TcpFlags & TcpHeader.Changing) | (known->Router ^ found.Router)) != 0) break;
            uint backend = recent->Backend;
            if (!recent->IsInPlace || !GreRewrite.TryInPlace(slot, found.FirstWord, found.SecondWord, found.PacketLength, _backends + backend)) break;
            packet->Service = known->Service;
            packet->Backend = (int)backend;
            packet->Verdict = Verdict.Forwarded;
        }

        return (int)(slot - slots);
    }

    /// <summary>Finds service, key and hash of packets of the usual form, in the same manner.</summary>
    private int Match(PacketSlot* slots, PacketWork* packets, int next, int count)
    {
        PacketSlot* slot = slots + next, end = slots + count;
        for (PacketWork* packet = packets + next; slot < end; slot++, packet++)
        {
            if (!FixedLayout.TryRead(slot->Data, slot->Length, _mac, out FixedLayout found)) break;
            ulong match = KnownMatches.Match(found.Addresses, found.Ports, found.Class);
            KnownMatches.Entry* known = _known.At(match, found.Router);
            if (((known->Match ^ match) | (known->Router ^ found.Router)) != 0) break;
            ulong hash = _hash.Of(found.Addresses, found.Ports | ((ulong)found.Class << 32));
            _flows.Ipv4.Prefetch(hash);
            packet->Key = new(found.Addresses, found.Ports, found.Class);
            packet->Hash = hash;
            packet->Ipv6Key = null;
            packet->Outer = found.IsInGre ? slot->Data + EthernetHeader.Size : null;
            packet->Inner = FixedLayout.InnerOf(slot->Data, found.IsInGre);
            packet->Service = known->Service;
            packet->Backend = -1;
            packet->PacketLength = (ushort)found.PacketLength;
            packet->InnerLength = (ushort)found.InnerLength;
            packet->Verdict = Verdict.Forwarded;
            packet->Reason = Reason.None;
            packet->TcpFlags = (byte)found.TcpFlags;
            packet->Role = PacketRole.Flow;
        }

        return (int)(slot - slots);
    }

    /// <summary>What changes a flow: the packets behind it in the batch must not be recalled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Forget(PacketWork* packet)
    {
        if ((packet->TcpFlags & TcpHeader.Changing) != 0 && packet->Ipv6Key == null) _recent.Forget(packet->Key.Addresses, packet->Key.Rest, packet->Hash);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryMatchAny(PacketSlot* slot, PacketWork* packet, Ipv6FlowKey* ipv6Key)
    {
        _matcher.Match(slot, packet, _mac, ipv6Key);
        if (packet->Verdict != Verdict.Forwarded) return false;
        _flows.Prefetch(packet);
        Forget(packet);
        return true;
    }
}
