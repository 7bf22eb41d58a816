using System.Numerics;
using System.Runtime.CompilerServices;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;
using RustyRail.Dataplane.Forwarding.Answers;
using RustyRail.Dataplane.Forwarding.Matching;
using RustyRail.Dataplane.Forwarding.Parsing;
using RustyRail.Dataplane.Forwarding.Sending;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Tables;

namespace RustyRail.Dataplane.Forwarding;

/// <summary>
/// Chooses the backend of what the first pass left, in order, and rewrites it; answers what this node answers. Owner: the worker's thread.
/// </summary>
internal sealed unsafe class SecondPass(RegionView region, FlowTables flows, RecentFlows recent, FragmentTable fragments, KnownMatches known, Tally tally, NewFlowCap cap)
{
    private const int AnswersPerSecond = 1000, AnswersAtOnce = 50;

    private RateLimit _answers = new(AnswersPerSecond, AnswersAtOnce);
    private BackendChoice _choice;
    private SnapshotView _snapshot;

    public void Adopt(SnapshotView snapshot)
    {
        _snapshot = snapshot;
        _choice = new BackendChoice(region, snapshot, flows, cap);
        fragments.UseKeyOf(snapshot);
        fragments.ForgetDeparted(snapshot);
    }

    /// <param name="usual">Those of the pending ones that are of the usual form.</param>
    /// <returns>How many of them are not forwarded.</returns>
    public int Run(PacketSlot* slots, PacketWork* packets, ulong pending, ulong usual, in BatchTime time)
    {
        int refused = 0;
        // Awake, recent flows are to be told of each.
        if (recent.IsAwake) usual = 0;
        for (; pending != 0; pending &= pending - 1)
        {
            pending = Rewrite(slots, packets, pending, usual, time.QuietMeta);
            if (pending == 0) break;
            int index = BitOperations.TrailingZeroCount(pending);
            PacketWork* packet = packets + index;
            bool isChosen = packet->Role == PacketRole.Flow
                ? TryOwnFlow(packet, time)
                : TryOddOne(slots + index, packet, time);
            if (!isChosen || !TrySend(slots + index, packet, time.Now)) refused++;
        }

        return refused;
    }

    /// <summary>
    /// Nearly every packet: of the usual form and of an established flow whose backend takes it, by GRE over IPv4. They are rewritten, from the first on,
    /// as long as one follows the other; returns the others. No calls inside: what a call would keep stays in registers.
    /// </summary>
    private ulong Rewrite(PacketSlot* slots, PacketWork* packets, ulong pending, ulong usual, uint quietMeta)
    {
        FlowTable table = flows.Ipv4;
        ServiceRecord* services = _snapshot.Services;
        while (pending != 0)
        {
            int index = BitOperations.TrailingZeroCount(pending);
            PacketWork* packet = packets + index;
            if ((usual >> index & 1) == 0) break;
            FlowEntry* entry = table.Find(packet->Key, packet->Hash);
            byte* outer = packet->Outer;
            if (entry == null || !_choice.TryEstablished(&entry->Meta, packet, quietMeta)) break;
            BackendRecord* backend = _choice.Backends + (uint)packet->Backend;
            if ((SendForm)services[(uint)packet->Service].Send != SendForm.Gre || !backend->Address.IsIpv4) break;
            bool isWritten = outer != null
                ? GreRewrite.TryInPlace(slots + index, backend)
                : GreInFront.TryWrite(slots + index, packet->PacketLength, backend);
            if (!isWritten) break;
            pending &= pending - 1;
        }

        return pending;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryOwnFlow(PacketWork* packet, in BatchTime time)
    {
        FlowMeta* flow = flows.Find(packet);
        if (flow == null || !_choice.TryEstablished(flow, packet, time.QuietMeta)) return TryChoose(flow, packet, time);
        if (recent.IsAwake) Recall(packet);
        return true;
    }

    /// <summary>The flow's next packets need not come here.</summary>
    private void Recall(PacketWork* packet)
    {
        if (packet->Ipv6Key != null || packet->Key.Class == FlowClass.Other || (packet->Outer != null && Ipv6Header.IsAt(packet->Outer))) return;
        ulong match = KnownMatches.Match(packet->Key.Addresses, packet->Key.Ports, packet->Key.Class);
        ushort number = known.NumberOf(match, packet->Router);
        if (number == KnownMatches.NoNumber) return;
        bool inPlace = packet->Outer != null && (SendForm)_snapshot.Services[packet->Service].Send == SendForm.Gre && _choice.Backends[packet->Backend].Address.IsIpv4;
        recent.Put(new RecentFlow(packet->Key, packet->Backend, number, inPlace));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryChoose(FlowMeta* flow, PacketWork* packet, in BatchTime time)
    {
        if (recent.IsAwake) Forget(packet);
        return _choice.TryChoose(flow, packet, time, tally);
    }

    /// <summary>Before the flow changes.</summary>
    private void Forget(PacketWork* packet)
    {
        if (packet->Ipv6Key == null && packet->Key.Class != FlowClass.Other) recent.Forget(packet->Key.Addresses, packet->Key.Rest);
    }

    /// <summary>Fragments, errors, what is answered. True: it has a backend.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryOddOne(PacketSlot* slot, PacketWork* packet, in BatchTime time)
    {
        switch (packet->Role)
        {
            case PacketRole.FirstFragment:
                if (packet->Service >= 0 && !TryChoose(flows.Find(packet), packet, time)) return false;
                fragments.Remember(packet->ReadFragmentKey(), packet->Service, packet->Backend, time.Now);
                return packet->Service >= 0 || LeaveToHost(slot, packet);
            case PacketRole.LaterFragment:
                return TryLaterFragment(slot, packet, time);
            case PacketRole.Error:
                return _choice.TryFollow(packet, time.ExceptionSeconds);
            default:
                Reason refusal = EchoAnswer.Write(slot, packet);
                if (refusal == Reason.None) packet->Answer(Reason.Echo);
                else packet->Drop(refusal);
                return false;
        }
    }

    private bool TryLaterFragment(PacketSlot* slot, PacketWork* packet, in BatchTime time)
    {
        if (fragments.TryFind(packet->ReadFragmentKey(), time.Now, out int service, out int backend))
        {
            (packet->Service, packet->Backend) = (service, backend);
            return service >= 0 ? _choice.HasNextHop(packet) : LeaveToHost(slot, packet);
        }

        if (packet->Service >= 0) return _choice.TryFollow(packet, time.ExceptionSeconds);
        packet->Drop(Reason.FragmentUnknown);
        return false;
    }

    /// <summary>False, always.</summary>
    private static bool LeaveToHost(PacketSlot* slot, PacketWork* packet)
    {
        packet->LeaveToHost();
        ServiceMatcher.Describe(slot, packet, isOurs: true);
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TrySend(PacketSlot* slot, PacketWork* packet, long now)
    {
        ServiceRecord* service = _snapshot.Services + packet->Service;
        BackendRecord* backend = _choice.Backends + packet->Backend;
        Reason refusal = Encapsulator.Apply(slot, packet, service, backend);
        if (refusal != Reason.None) return Refuse(slot, packet, refusal, now);
        // Last: what cannot leave stays as it came. Checksums around it hold, since the segment's own takes up the change.
        if (service->MssClamp != 0 && (packet->TcpFlags & TcpHeader.Syn) != 0) MssOption.Clamp(packet->Inner, packet->InnerLength, service->MssClamp);
        return true;
    }

    /// <summary>False, always.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Refuse(PacketSlot* slot, PacketWork* packet, Reason refusal, long now)
    {
        int largest = Encapsulator.LargestInner(packet, _snapshot.Services + packet->Service, _choice.Backends + packet->Backend);
        // A packet within that found no room in its buffer, which is nothing that its sender could mend.
        if (refusal != Reason.TooBig || packet->InnerLength <= largest || !TooBigAnswer.IsDue(packet)) packet->Drop(refusal);
        else if (!_answers.TryTake(now)) packet->Drop(Reason.RateLimited);
        else if (TooBigAnswer.TryWrite(slot, packet, largest)) packet->Answer(Reason.TooBig);
        else packet->Drop(Reason.TooBig);
        return false;
    }
}
