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
    private ulong _deviceMac;
    private SnapshotReader _reader;
    private FlowSweep _sweep;
    private FlowHash _hash;
    private BackendChoice _choice;

    /// <param name="deviceMac">Six bytes as they lie in a frame, low byte first; 0 for a port without an address.</param>
    public Forwarder(RegionView region, int worker, ulong deviceMac)
    {
        _region = region;
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
        Span<PacketWork> work = _work.AsSpan(0, slots.Length);
        if (_reader.Current.IsNone)
        {
            // Nothing was ever published: no packet can be ours.
            foreach (ref PacketWork packet in work) packet.LeaveToHost();
        }
        else
        {
            Match(slots, work);
            Choose(work, now);
            Rewrite(slots, work);
        }
    }

    /// <summary>The hash needs nothing but the key: its bucket is on its way while the next packets are looked at.</summary>
    private void Match(Span<PacketSlot> slots, Span<PacketWork> work)
    {
        ulong deviceMac = Volatile.Read(ref _deviceMac);
        for (int i = 0; i < slots.Length; i++)
        {
            ref PacketWork packet = ref work[i];
            _matcher.Match(ref slots[i], deviceMac, ref packet);
            if (packet.Verdict != Verdict.Forwarded) continue;
            packet.Hash = packet.Key.Hash(_hash);
            _flows.Prefetch(packet.Hash);
        }
    }

    private void Choose(Span<PacketWork> work, long now)
    {
        FlowClock clock = FlowClock.At(now);
        uint exceptionsAt = Volatile.Read(ref _region.Header->ExceptionCount) == 0 ? 0 : ExceptionSeconds(now);
        BackendRecord* backends = _reader.Current.Backends;
        ulong hits = 0;
        foreach (ref PacketWork packet in work)
        {
            if (packet.Verdict != Verdict.Forwarded) continue;
            if (_choice.TryOwnFlow(ref packet, clock)) hits++;
            else _choice.ChooseAnew(ref packet, clock, exceptionsAt, Tally);
            if (packet.Backend >= 0) Sse.Prefetch0(backends + packet.Backend);
        }

        Tally.FlowHits(hits);
    }

    private static uint ExceptionSeconds(long now) => Math.Max(1, (uint)(now / 1000));

    private void Rewrite(Span<PacketSlot> slots, Span<PacketWork> work)
    {
        BackendRecord* backends = _reader.Current.Backends;
        for (int i = 0; i < slots.Length; i++)
        {
            ref PacketWork packet = ref work[i];
            if (packet.Verdict != Verdict.Forwarded) continue;
            BackendRecord* backend = backends + packet.Backend;
            Reason problem = (backend->Flags & BackendFlags.NextHop) == 0 ? Reason.NoNextHop : Encapsulator.ToGre(ref slots[i], ref packet, backend);
            if (problem != Reason.None) packet.Drop(problem);
        }
    }
}
