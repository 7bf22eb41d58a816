using System.Runtime.CompilerServices;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Tables;

namespace RustyRail.Dataplane.Forwarding;

/// <summary>
/// Decides a batch in two passes: match, hash and send for the flow's buckets; then choose and rewrite. A pass over all packets hides the
/// cache misses of one behind the work of the others. Owner: the worker's thread.
/// </summary>
internal sealed unsafe class Forwarder
{
    /// <summary>As many as a word has bits.</summary>
    public const int BatchSize = 64;

    private readonly RegionView _region;
    private readonly FlowTables _flows;
    private readonly RecentFlows _recent = new();
    private readonly FirstPass _firstPass;
    private readonly SecondPass _secondPass;
    private readonly PacketWork[] _work = GC.AllocateArray<PacketWork>(BatchSize, pinned: true);
    private readonly PacketWork* _firstWork;
    private SnapshotReader _reader;
    private FlowSweep _sweep;
    private long _adopted;

    /// <param name="deviceMac">Six bytes as they lie in a frame, low byte first; 0 for a port without an address.</param>
    /// <param name="cap">If not said: <see cref="NewFlowCap.DefaultPerSecond"/>.</param>
    public Forwarder(RegionView region, int worker, ulong deviceMac, NewFlowCap? cap = null)
    {
        _region = region;
        _firstWork = (PacketWork*)Unsafe.AsPointer(ref _work[0]);
        _flows = new FlowTables(region, worker);
        Tally = new Tally(region, worker);
        _firstPass = new FirstPass(region, _flows, _recent, deviceMac);
        _secondPass = new SecondPass(region, _flows, _recent, new FragmentTable(), _firstPass.Known, Tally, cap ?? new NewFlowCap(NewFlowCap.DefaultPerSecond));
        _reader = new SnapshotReader(region, worker);
        _sweep = new FlowSweep(_flows);
    }

    public Tally Tally { get; }

    /// <summary>A device's address may change; from any thread.</summary>
    public ulong DeviceMac
    {
        set => _firstPass.DeviceMac = value;
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
        _firstPass.Adopt(_reader.Current);
        _secondPass.Adopt(_reader.Current);
        _recent.ForgetAll();
        _adopted = _reader.Generation;
    }

    /// <summary>
    /// Sets a verdict for every slot; those <see cref="Verdict.Forwarded"/> are rewritten for their backend, those
    /// <see cref="Verdict.Answered"/> are their answer, all others untouched. True: all are forwarded.
    /// </summary>
    public bool Process(PacketSlot* slots, int count, long now)
    {
        BatchTime time = new(now);
        _recent.Begin(time.Clock.Now);
        ulong pending = _firstPass.Run(slots, _firstWork, count, out ulong usual, out int settled, out ulong bytes);
        Tally.Received((uint)count, bytes);
        int refused = pending == 0 ? 0 : _secondPass.Run(slots, _firstWork, pending, usual, time);
        Tally.FlowsSought((uint)(count - settled));
        return settled + refused == 0;
    }
}
