using System.Runtime.CompilerServices;
using RustyRail.Contract.Hashing;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Forwarding.Matching;
using RustyRail.Dataplane.Forwarding.Parsing;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Tables;

namespace RustyRail.Dataplane.Forwarding.Steering;

/// <summary>
/// Which worker decides a packet: one for all packets of a flow and for what belongs to it (fragments, ICMP errors). Found by the rules of the first pass
/// and the hash of its flow key, so that a flow by address has one worker too. Owner: the steering worker's thread.
/// </summary>
internal sealed unsafe class WorkerChoice
{
    /// <summary>Decides what belongs to no flow.</summary>
    public const byte Steerer = 0;

    private readonly KnownMatches _known = new();
    private readonly ServiceMatcher _matcher;
    private readonly FragmentTable _fragments = new();
    private readonly PacketWork[] _work = GC.AllocateArray<PacketWork>(1, pinned: true);
    private readonly Ipv6FlowKey[] _ipv6Key = GC.AllocateArray<Ipv6FlowKey>(1, pinned: true);
    private readonly uint _deciding;
    private MacFilter _mac;
    private ClusterFlowHash _hash;
    private uint _touched;

    /// <param name="workers">All of them, 2 at least; flows are for those behind the first.</param>
    public WorkerChoice(RegionView region, int workers, ulong deviceMac)
    {
        _matcher = new ServiceMatcher(region, _known);
        _deciding = (uint)workers - 1;
        DeviceMac = deviceMac;
    }

    /// <summary>A device's address may change; from any thread. See <see cref="MacFilter"/>.</summary>
    public ulong DeviceMac
    {
        set => _mac = new MacFilter(value);
    }

    public void Adopt(SnapshotView snapshot)
    {
        _matcher.Adopt(snapshot);
        _known.Forget();
        _fragments.UseKeyOf(snapshot);
        _hash = new ClusterFlowHash(snapshot.Header);
    }

    /// <summary>Before anything was adopted, all are the steerer's.</summary>
    /// <param name="workers">Is given one for each slot.</param>
    public void Choose(PacketSlot* slots, int count, byte* workers)
    {
        HeaderLines.Touch(slots, count, ref _touched);
        for (int next = 0; next < count;)
        {
            next = ChooseKnown(slots, next, count, workers);
            if (next == count) return;
            workers[next] = ChooseAny(slots + next);
            next++;
        }
    }

    /// <summary>Those of the usual form, as long as one follows the other. No calls inside: what a call would keep stays in registers.</summary>
    private int ChooseKnown(PacketSlot* slots, int next, int count, byte* workers)
    {
        for (; next < count; next++)
        {
            if (!FixedLayout.TryRead(slots[next].Data, slots[next].Length, _mac, withoutFlags: 0, out FixedLayout found)) break;
            ulong match = KnownMatches.Match(found.Addresses, found.Ports, found.Class);
            KnownMatches.Entry* known = _known.At(match, found.Router);
            if (((known->Match ^ match) | (known->Router ^ found.Router)) != 0) break;
            workers[next] = OfFlow(_hash.Of(found.Addresses, found.Ports | ((ulong)found.Class << 32)));
        }

        return next;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte ChooseAny(PacketSlot* slot)
    {
        PacketWork* packet = (PacketWork*)Unsafe.AsPointer(ref _work[0]);
        _matcher.Match(slot, packet, _mac, (Ipv6FlowKey*)Unsafe.AsPointer(ref _ipv6Key[0]));
        if (packet->Verdict != Verdict.Forwarded) return Steerer;
        switch (packet->Role)
        {
            case PacketRole.Echo:
                return Steerer;
            case PacketRole.FirstFragment:
                byte chosen = packet->Service >= 0 ? OfFlow(packet->Hash) : Steerer;
                _fragments.Remember(packet->ReadFragmentKey(), packet->Service, chosen, RegionFile.Now);
                return chosen;
            case PacketRole.LaterFragment:
                if (_fragments.TryFind(packet->ReadFragmentKey(), RegionFile.Now, out _, out int worker)) return (byte)worker;
                // By its addresses, if they name a service.
                return packet->Service >= 0 ? OfFlow(packet->Hash) : Steerer;
            default:
                return OfFlow(packet->Hash);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte OfFlow(ulong hash) => (byte)(1 + FlowHash.Reduce(hash, _deciding));
}
