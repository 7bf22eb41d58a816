using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using RustyRail.Contract.Hashing;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Tables;

namespace RustyRail.Dataplane.Forwarding;

/// <summary>
/// Decides one batch, pass by pass: match, hash and prefetch the flow's bucket; choose and prefetch the backend; rewrite.
/// Passes hide the cache misses of one packet behind the work of the others. Owner: the worker's thread.
/// </summary>
internal sealed unsafe class Forwarder
{
    public const int BatchSize = 32;

    private readonly RegionView _region;
    private readonly FlowTable _flows;
    private readonly ServiceMatcher _matcher;
    private readonly PacketWork[] _work = GC.AllocateArray<PacketWork>(BatchSize, pinned: true);
    private readonly PacketWork* _firstWork;
    private ulong _deviceMac;
    private SnapshotReader _reader;
    private FlowSweep _sweep;
    private FlowHash _hash;
    private BackendChoice _choice;

    /// <param name="deviceMac">Six bytes as they lie in a frame, low byte first; 0 for a port without an address.</param>
    public Forwarder(RegionView region, int worker, ulong deviceMac)
    {
        _region = region;
        _firstWork = (PacketWork*)Unsafe.AsPointer(ref _work[0]);
        _deviceMac = deviceMac;
        _flows = new FlowTable(region.Flows(worker), region.FlowEntries);
        _matcher = new ServiceMatcher(region);
        Tally = new Tally(region, worker);
        _reader = new SnapshotReader(region, worker);
        _sweep = new FlowSweep(_flows);
    }

    public Tally Tally { get; }

    /// <summary>A device's address may change; from any thread.</summary>
    public ulong DeviceMac
    {
        set => Volatile.Write(ref _deviceMac, value);
    }

    public ref SnapshotReader Reader => ref _reader;

    /// <summary>Verdict of the last batch's packet <paramref name="index"/>.</summary>
    public ref PacketWork WorkAt(int index) => ref _work[index];

    /// <summary>The same, for all of the batch; pinned.</summary>
    public PacketWork* Work => _firstWork;

    /// <summary>Frees a few idle or orphaned flows; call it about once a millisecond.</summary>
    public void SweepFlows(long now)
    {
        if (_reader.Current.IsNone) return;
        ReaderLine* line = _reader.Line;
        long swept = line->SweptGeneration;
        Tally.Expired(_sweep.Advance(_reader.Current, _reader.Generation, now, line));
        if (line->SweptGeneration != swept) Tally.ForgetRetired(_reader.Current);
    }

    /// <summary>Once per batch, before <see cref="Process"/>: takes over a newer snapshot if there is one.</summary>
    public void Refresh()
    {
        if (!_reader.Refresh() || _reader.Current.IsNone) return;
        SnapshotView snapshot = _reader.Current;
        _matcher.Adopt(snapshot);
        _hash = new FlowHash(snapshot.Header->HashKey0, snapshot.Header->HashKey1);
        _choice = new BackendChoice(_region, snapshot, _flows);
    }

    /// <summary>Sets a verdict for every slot; those <see cref="Verdict.Forwarded"/> are rewritten in place, all others untouched.</summary>
    public void Process(Span<PacketSlot> slots, long now)
    {
        if (_reader.Current.IsNone)
        {
            // Nothing was ever published: no packet can be ours.
            for (int i = 0; i < slots.Length; i++) _work[i].LeaveToHost();
            return;
        }

        fixed (PacketSlot* first = slots)
        {
            Match(first, slots.Length);
            Choose(slots.Length, now);
            Rewrite(first, slots.Length);
        }
    }

    /// <summary>The hash needs nothing but the key: its bucket is on its way while the next packets are looked at.</summary>
    private void Match(PacketSlot* slot, int count)
    {
        ulong deviceMac = Volatile.Read(ref _deviceMac);
        ServiceMatcher matcher = _matcher;
        for (PacketWork* packet = _firstWork, end = packet + count; packet < end; packet++, slot++)
        {
            if (!matcher.TryMatchUsual(slot, deviceMac, packet)) matcher.MatchAny(slot, deviceMac, packet);
            if (packet->Verdict != Verdict.Forwarded) continue;
            packet->Hash = packet->Key.Hash(_hash);
            _flows.Prefetch(packet->Hash);
        }
    }

    private void Choose(int count, long now)
    {
        FlowClock clock = FlowClock.At(now);
        uint quiet = BackendChoice.QuietMeta(clock);
        BackendRecord* backends = _reader.Current.Backends;
        int others = 0;
        ulong hits = 0;
        for (PacketWork* packet = _firstWork, end = packet + count; packet < end; packet++)
        {
            if (packet->Verdict != Verdict.Forwarded || !_choice.TryOwnFlow(packet, quiet))
            {
                others++;
                continue;
            }

            hits++;
            Sse.Prefetch0(backends + packet->Backend);
        }

        if (others > 0) hits += ChooseOthers(count, clock, now);
        Tally.FlowHits(hits);
    }

    /// <summary>Those without a flow of their own, and those whose packet changes it; returns how many of them had one.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong ChooseOthers(int count, FlowClock clock, long now)
    {
        uint exceptionsAt = Volatile.Read(ref _region.Header->ExceptionCount) == 0 ? 0 : ExceptionSeconds(now);
        ulong hits = 0;
        for (PacketWork* packet = _firstWork, end = packet + count; packet < end; packet++)
        {
            if (packet->Verdict == Verdict.Forwarded && packet->Backend < 0 && _choice.Choose(ref *packet, clock, exceptionsAt, Tally)) hits++;
        }

        return hits;
    }

    private static uint ExceptionSeconds(long now) => Math.Max(1, (uint)(now / 1000));

    private void Rewrite(PacketSlot* slot, int count)
    {
        BackendRecord* backends = _reader.Current.Backends;
        for (PacketWork* packet = _firstWork, end = packet + count; packet < end; packet++, slot++)
        {
            if (packet->Verdict != Verdict.Forwarded) continue;
            Reason problem = Encapsulator.ToGre(slot, packet, backends + packet->Backend);
            if (problem != Reason.None) packet->Drop(problem);
        }
    }
}
