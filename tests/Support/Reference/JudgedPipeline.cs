using System.Runtime.InteropServices;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Tests.Support.Ports;
using RustyRail.Tests.Support.Regions;

namespace RustyRail.Tests.Support.Reference;

/// <summary>
/// The whole pipeline, a guard page behind each frame, and the judge beside it: every frame of every batch gets the fate that the rules say, leaves
/// once, in order and as they say, and is counted once. Anything else is a <see cref="Disagreement"/>.
/// </summary>
internal sealed unsafe class JudgedPipeline : IDisposable
{
    private readonly TestRegion _region;
    private readonly SnapshotPublisher _publisher;
    private readonly GuardedWire _wire = new(Forwarder.BatchSize);
    private readonly byte[] _mac;
    private readonly bool _remembersFlows;
    private ReferenceJudge _judge;
    private Forwarder _forwarder;
    private Worker<GuardedPort> _worker;
    private SlotNames _names;

    /// <param name="mac">The device's; empty for a port without one.</param>
    /// <param name="remembersFlows">Needed where there will be a second snapshot.</param>
    public JudgedPipeline(SnapshotContent content, byte[] mac, bool remembersFlows, RegionCapacities? capacities = null)
    {
        _region = new TestRegion(capacities);
        _publisher = new SnapshotPublisher(_region.Control);
        (_mac, _remembersFlows) = (mac, remembersFlows);
        if (!_publisher.TryPublish(content)) throw new InvalidOperationException("nothing was published");
        Counted = new Counted(_region.View);
        (_judge, _forwarder, _worker, _names) = Begin(content);
    }

    /// <summary>Filled by the caller, emptied by <see cref="Run"/>.</summary>
    public FrameBatch Batch { get; } = new(Forwarder.BatchSize, Forwarder.BatchSize * GuardedBuffers.MaxFrameBytes);

    /// <summary>Monotonic milliseconds.</summary>
    public long Now { get; set; } = 1_000_000_000;

    public Counted Counted { get; }

    public JudgedCatalogue Catalogue => _judge.Catalogue;

    /// <summary>Packets that their flows kept at another backend than the table's.</summary>
    public ulong Kept => _judge.Kept;

    public Forwarder Forwarder => _forwarder;

    public GuardedWire Wire => _wire;

    /// <summary>Without its past: as a program that has just started, with an empty flow table.</summary>
    public void Restart()
    {
        RegionView view = _region.View;
        NativeMemory.Clear(view.Flows(0), (nuint)(view.FlowEntries * sizeof(FlowEntry)));
        NativeMemory.Clear(view.Ipv6Flows(0), (nuint)(view.Ipv6FlowBuckets * sizeof(Ipv6FlowBucket)));
        _forwarder.Reader.Rest();
        (_judge, _forwarder, _worker, _names) = Begin(Catalogue.Content);
    }

    /// <summary>A newer snapshot, which the worker adopts before its next batch.</summary>
    public void Publish(SnapshotContent content)
    {
        if (!_publisher.TryPublish(content)) throw new InvalidOperationException("the worker has not adopted the last snapshots");
        _worker.Turn(Now);
        JudgedCatalogue next = new(content);
        _names = new SlotNames(_forwarder.Reader.Current, next);
        _judge.Adopt(next);
    }

    /// <summary>What is in <see cref="Batch"/>, as one batch.</summary>
    public void Run()
    {
        _wire.Offer(Batch);
        int taken = _worker.Turn(Now);
        if (taken != Batch.Count) throw new Disagreement($"{taken} frames taken of {Batch.Count}");
        for (int i = 0; i < taken; i++) Check(i);
        Counted.Batch();
        Batch.Clear();
    }

    /// <summary>Lets the judge forget what is no more, in a long run.</summary>
    public void Prune() => _judge.Prune(Now);

    public void Dispose()
    {
        _wire.Dispose();
        _region.Dispose();
    }

    private (ReferenceJudge, Forwarder, Worker<GuardedPort>, SlotNames) Begin(SnapshotContent content)
    {
        JudgedCatalogue catalogue = new(content);
        ulong mac = 0;
        for (int i = 0; i < _mac.Length; i++) mac |= (ulong)_mac[i] << (8 * i);
        Forwarder forwarder = new(_region.View, worker: 0, mac);
        Worker<GuardedPort> worker = new(new GuardedPort(_wire), forwarder);
        forwarder.Refresh();
        return (new ReferenceJudge(catalogue, _mac, _remembersFlows), forwarder, worker, new SlotNames(forwarder.Reader.Current, catalogue));
    }

    private void Check(int index)
    {
        ref PacketWork work = ref _forwarder.WorkAt(index);
        ReadOnlySpan<byte> frame = Batch[index];
        (int head, int tail) = Batch.RoomOf(index);
        Claim claim = _names.Of(work.Service, work.Backend);
        _judge.Judge(frame, head + frame.Length + tail, claim, Now, out Judgement judgement);
        string? problem = ProblemOf(index, work, judgement);
        Counted.One(judgement, frame.Length, _wire.SlotOf(index).Length, ReasonOf(work));
        if (problem is null) return;
        throw new Disagreement($"{work.Verdict.Name()} {work.Reason.Name()} of service {claim.Service} to backend {claim.Backend}: {problem}; the rules say {judgement.Fate}, {judgement.Meaning.Role}\n"
            + $"  came {Convert.ToHexString(frame)} ({head} bytes before, {tail} behind; number {index} of {Batch.Count})\n  left {Convert.ToHexString(_wire.SpanOf(index))}");
    }

    /// <summary>Of a forwarded packet it says nothing.</summary>
    private static Reason ReasonOf(in PacketWork work) => work.Verdict == Verdict.Forwarded ? Reason.None : work.Reason;

    private string? ProblemOf(int index, in PacketWork work, in Judgement judgement)
    {
        if (judgement.IsOdd) return "no rule leads to that service or backend";
        Fate fate = new(work.Verdict, ReasonOf(work));
        bool foundNoRoom = fate == Fate.Drop(Reason.TxFull) ? judgement.Fate.Verdict is Verdict.Forwarded or Verdict.Answered : fate == Fate.Drop(Reason.HostFull) && judgement.Fate.Verdict == Verdict.Host;
        if (fate != judgement.Fate && !foundNoRoom) return "another fate";
        GuardedExit exit = fate.Verdict switch { Verdict.Forwarded or Verdict.Answered => GuardedExit.Transmitted, Verdict.Host => GuardedExit.ToHost, _ => GuardedExit.Released };
        if (_wire.ExitOf(index) != exit) return $"it is {_wire.ExitOf(index)}";
        if (!_wire.IsIntact(index)) return "written before the headroom";
        if (fate.Verdict == Verdict.Host && ProblemForHost(index, judgement) is { } problem) return problem;
        return LeavingRules.Problem(Batch[index], judgement, Catalogue, _wire.SpanOf(index));
    }

    /// <summary>Of router-made GRE for a VIP the host gets the inner packet, and what is ours it gets from us alone.</summary>
    private string? ProblemForHost(int index, in Judgement judgement)
    {
        ref readonly Dataplane.Ports.PacketSlot slot = ref _wire.SlotOf(index);
        int tunnel = judgement.IsOurs && judgement.Places.IsInGre ? judgement.Places.Inner - judgement.Places.First : 0;
        if (slot.TunnelBytes != tunnel) return $"{slot.TunnelBytes} bytes of tunnel, not {tunnel}";
        return slot.KeptFromHost == judgement.IsOurs ? null : $"ours: {judgement.IsOurs}";
    }
}
