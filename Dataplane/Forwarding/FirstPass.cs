using System.Runtime.CompilerServices;
using RustyRail.Contract.Hashing;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Forwarding.Matching;
using RustyRail.Dataplane.Forwarding.Parsing;
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
    private readonly RecalledPackets _recalled;
    private readonly UsualPackets<FlowHash> _byMultiplyMix;
    private readonly UsualPackets<SipFlowHash> _bySipHash;
    private readonly UsualIpv6Packets _usualIpv6;
    private UsualPackets _usual;
    private uint _touched;

    public FirstPass(RegionView region, FlowTables flows, RecentFlows recent, ulong deviceMac)
    {
        _flows = flows;
        _recent = recent;
        _matcher = new ServiceMatcher(region, _known);
        _firstIpv6Key = (Ipv6FlowKey*)Unsafe.AsPointer(ref _ipv6Keys[0]);
        _recalled = new RecalledPackets(_known, recent);
        _usual = _byMultiplyMix = new(_known, flows.Ipv4);
        _bySipHash = new(_known, flows.Ipv4);
        _usualIpv6 = new(_known.Ipv6, flows);
        DeviceMac = deviceMac;
    }

    /// <summary>A device's address may change; from any thread. See <see cref="MacFilter"/>.</summary>
    public ulong DeviceMac
    {
        set => _recalled.Mac = _byMultiplyMix.Mac = _bySipHash.Mac = _usualIpv6.Mac = new MacFilter(value);
    }

    public KnownMatches Known => _known;

    public void Adopt(SnapshotView snapshot)
    {
        _matcher.Adopt(snapshot);
        _known.Forget();
        _usual = snapshot.Header->HashAlgorithm == SipFlowHash.Algorithm ? _bySipHash : _byMultiplyMix;
        _usual.Adopt(snapshot);
        _usualIpv6.Adopt(snapshot);
        _recalled.Adopt(snapshot);
    }

    /// <param name="usual">A bit for each of the pending ones that is of the usual form: see <see cref="FixedLayout"/>.</param>
    /// <param name="settled">How many have another verdict than <see cref="Verdict.Forwarded"/>, finally.</param>
    /// <param name="bytes">Of all frames.</param>
    /// <returns>A bit for each packet that the second pass must see; all others are rewritten for their backend, or settled.</returns>
    public ulong Run(PacketSlot* slots, PacketWork* packets, int count, out ulong usual, out int settled, out ulong bytes)
    {
        bytes = HeaderLines.Touch(slots, count, ref _touched);
        ulong odd = 0;
        usual = 0;
        int others = 0, recalled = 0;
        bool recalls = _recent.IsAwake;
        for (int next = 0; next < count;)
        {
            int from = next;
            if (recalls) next = _recalled.Run(slots, packets, from, count);
            recalled += next - from;
            if (next == count) break;
            from = next;
            next = _usual.Match(slots, packets, from, recalls ? from + 1 : count);
            if (next > from)
            {
                usual |= (ulong.MaxValue >> (BatchBits - next + from)) << from;
                if (recalls) Forget(packets + from);
                continue;
            }

            next = _usualIpv6.Match(slots, packets, from, count, _firstIpv6Key);
            if (next > from)
            {
                odd |= (ulong.MaxValue >> (BatchBits - next + from)) << from;
                continue;
            }

            if (TryMatchAny(slots + next, packets + next, _firstIpv6Key + next)) odd |= 1UL << next;
            else others++;
            next++;
        }

        _recent.Account(count - others, recalled);
        settled = others;
        return usual | odd;
    }

    /// <summary>What changes a flow: the packets behind it in the batch must not be recalled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Forget(PacketWork* packet)
    {
        if ((packet->TcpFlags & TcpHeader.Changing) != 0 && packet->Ipv6Key == null) _recent.Forget(packet->Key.Addresses, packet->Key.Rest);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryMatchAny(PacketSlot* slot, PacketWork* packet, Ipv6FlowKey* ipv6Key)
    {
        _matcher.Match(slot, packet, _usual.Mac, ipv6Key);
        if (packet->Verdict != Verdict.Forwarded) return false;
        _flows.Prefetch(packet);
        Forget(packet);
        return true;
    }
}
