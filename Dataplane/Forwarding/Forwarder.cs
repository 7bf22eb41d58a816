using System.Runtime.CompilerServices;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Tables;

namespace RustyRail.Dataplane.Forwarding;

/// <summary>
/// Decides a batch in two passes: match, hash and prefetch the flow's buckets; then choose and rewrite. A pass over all packets hides the
/// cache misses of one behind the work of the others. Owner: the worker's thread.
/// </summary>
internal sealed unsafe class Forwarder
{
    public const int BatchSize = 64;

    private readonly RegionView _region;
    private readonly FlowTable _flows;
    private readonly RecentFlows _recent = new();
    private readonly ServiceMatcher _matcher;
    private readonly PacketWork[] _work = GC.AllocateArray<PacketWork>(BatchSize, pinned: true);
    private readonly PacketWork* _firstWork;
    private SnapshotReader _reader;
    private FlowSweep _sweep;
    private BackendChoice _choice;
    private long _adopted;

    /// <param name="deviceMac">Six bytes as they lie in a frame, low byte first; 0 for a port without an address.</param>
    public Forwarder(RegionView region, int worker, ulong deviceMac)
    {
        _region = region;
        _firstWork = (PacketWork*)Unsafe.AsPointer(ref _work[0]);
        _flows = new FlowTable(region.Flows(worker), region.FlowEntries);
        _matcher = new ServiceMatcher(region, _flows, _recent, deviceMac);
        Tally = new Tally(region, worker);
        _reader = new SnapshotReader(region, worker);
        _sweep = new FlowSweep(_flows);
    }

    public Tally Tally { get; }

    /// <summary>A device's address may change; from any thread.</summary>
    public ulong DeviceMac
    {
        set => _matcher.DeviceMac = value;
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
        if (!_reader.Refresh() || _reader.Generation == _adopted || _reader.Current.IsNone) return;
        SnapshotView snapshot = _reader.Current;
        _matcher.Adopt(snapshot);
        _recent.ForgetAll();
        _choice = new BackendChoice(_region, snapshot, _flows);
        _adopted = _reader.Generation;
    }

    /// <summary>
    /// Sets a verdict for every slot; those <see cref="Verdict.Forwarded"/> are rewritten in place, all others untouched. True: all are
    /// forwarded.
    /// </summary>
    public bool Process(PacketSlot* slots, int count, long now)
    {
        BatchTime time = new(now);
        int matched = _matcher.Match(slots, _firstWork, count, time.QuietMeta, out ulong bytes);
        Tally.Received((uint)count, bytes);
        int forwarded = Forward(slots, count, time);
        Tally.FlowsSought((uint)matched);
        return forwarded == count;
    }

    /// <summary>Chooses the backend and rewrites the frame for it; returns how many frames that was done with.</summary>
    private int Forward(PacketSlot* slot, int count, in BatchTime time)
    {
        int others = 0;
        for (PacketWork* packet = _firstWork, end = packet + count; packet < end; packet++, slot++)
        {
            if (packet->Verdict != Verdict.Forwarded
                || (packet->Backend < 0 && !TryOwnFlow(packet, time.QuietMeta) && !TryChoose(slot, packet, end, time))
                || !Encapsulator.TryToGre(slot, packet, _choice.Backends + (uint)packet->Backend))
            {
                others++;
            }
        }

        return count - others;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryOwnFlow(PacketWork* packet, uint quietMeta)
    {
        FlowEntry* entry = _flows.FindNear(packet->Key, packet->Hash);
        if (entry == null || !_choice.TryEstablished(entry, packet, quietMeta)) return false;
        *_recent.At(packet->Hash) = new RecentFlow(entry, packet->Router, packet->Service);
        return true;
    }

    /// <param name="end">Of the batch: a flow that begins anew does so for the packets behind this one, too.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryChoose(PacketSlot* slot, PacketWork* packet, PacketWork* end, in BatchTime time)
    {
        _recent.Forget(packet->Hash);
        bool isChosen = _choice.TryChoose(packet, time, Tally, out bool beginsAnew);
        if (!beginsAnew) return isChosen;
        for (PacketWork* later = packet + 1; later < end; later++)
        {
            slot++;
            if (later->Verdict == Verdict.Forwarded) _matcher.MatchAny(slot, later);
        }

        return isChosen;
    }
}
