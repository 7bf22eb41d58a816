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
/// Decides one batch, pass by pass: parse and classify; hash and prefetch the flow's bucket; choose and prefetch the backend; rewrite.
/// Passes hide the cache misses of one packet behind the work of the others. Owner: the worker's thread.
/// </summary>
internal sealed unsafe class Forwarder
{
    public const int BatchSize = 32;

    private readonly RegionView _region;
    private readonly FlowTable _flows;
    private readonly PacketWork[] _work = GC.AllocateArray<PacketWork>(BatchSize, pinned: true);
    private ulong _deviceMac;
    private SnapshotReader _reader;
    private FlowSweep _sweep;
    private Classifier _classifier;
    private FlowHash _hash;
    private BackendChoice _choice;

    /// <param name="deviceMac">Six bytes as they lie in a frame, low byte first; 0 for a port without an address.</param>
    public Forwarder(RegionView region, int worker, ulong deviceMac)
    {
        _region = region;
        _deviceMac = deviceMac;
        _flows = new FlowTable(region.Flows(worker), region.FlowEntries);
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
        _classifier = new Classifier(snapshot, _region.Capacities);
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
            Classify(slots, work);
            PrefetchFlows(work);
            Choose(work, now);
            Rewrite(slots, work);
        }
    }

    private void Classify(Span<PacketSlot> slots, Span<PacketWork> work)
    {
        for (int i = 0; i < slots.Length; i++)
        {
            ref PacketWork packet = ref work[i];
            ref PacketSlot slot = ref slots[i];
            packet.Verdict = Verdict.Forwarded;
            packet.Reason = Reason.None;
            packet.Service = packet.Backend = -1;
            packet.IsNewFlow = false;
            if (!Parser.TryLocate(slot, _deviceMac, ref packet)) continue;
            FindService(ref packet, slot.Data + slot.Length);
            if (packet.Verdict == Verdict.Host) slot.TunnelBytes = TunnelBytes(packet);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void FindService(ref PacketWork packet, byte* end)
    {
        uint ports = Ports(packet.Inner, end);
        bool fromRouter = packet.Outer != null;
        int service = _classifier.Find(packet.Inner->Destination, packet.Inner->Protocol, (ushort)(ports >> 16), fromRouter);
        if (service == Classifier.None)
        {
            LeaveOrDrop(ref packet, end, fromRouter);
            return;
        }

        Reason defect = Validate(ref packet, end);
        if (defect != Reason.None) packet.Drop(defect);
        else SetKey(ref packet, service, ports);
    }

    /// <summary>No service: the host's, unless it is for a VIP and damaged. GRE that is not for a VIP inside may be addressed to one itself.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LeaveOrDrop(ref PacketWork packet, byte* end, bool fromRouter)
    {
        if (_classifier.IsVip(packet.Inner->Destination, fromRouter))
        {
            Reason defect = Validate(ref packet, end);
            if (defect != Reason.None) packet.Drop(defect);
            else packet.LeaveToHost();
        }
        else if (fromRouter)
        {
            packet.Inner = packet.Outer;
            packet.Outer = null;
            FindService(ref packet, end);
        }
        else
        {
            packet.LeaveToHost();
        }
    }

    private Reason Validate(ref PacketWork packet, byte* end)
    {
        Reason defect = Validator.Check(ref packet, end);
        bool isAllowed = packet.Outer == null || IsRouterAllowed(packet.Outer->Source);
        return defect == Reason.None && !isAllowed ? Reason.SourceNotAllowed : defect;
    }

    private void SetKey(ref PacketWork packet, int service, uint ports)
    {
        Ipv4Header* inner = packet.Inner;
        packet.Service = service;
        packet.TcpFlags = inner->Protocol == IpProtocol.Tcp ? ((TcpHeader*)((byte*)inner + inner->HeaderLength))->Flags : (byte)0;
        packet.Key = FlowKey.For(_reader.Current.Services[service], service, inner->Source, inner->Destination, ports, inner->Protocol);
    }

    /// <summary>Source port low, destination port high, packet order; 0 for other protocols, later fragments and what is cut off.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Ports(Ipv4Header* ip, byte* end)
    {
        byte* transport = (byte*)ip + ip->HeaderLength;
        bool has = ip->Protocol is IpProtocol.Tcp or IpProtocol.Udp && transport + 4 <= end && ip->FragmentOffset == 0;
        return has ? Unsafe.ReadUnaligned<uint>(transport) : 0;
    }

    /// <summary>Of router-made GRE for a VIP only the inner packet may reach the host, which could answer the tunnel's with an ICMP error.</summary>
    private static int TunnelBytes(in PacketWork packet) => packet.Outer == null ? 0 : (int)((byte*)packet.Inner - (byte*)packet.Outer);

    private bool IsRouterAllowed(uint source)
    {
        int count = Math.Min(_reader.Current.Header->Routers, _region.Capacities.Routers);
        if (count == 0) return true;
        IpKey address = IpKey.FromIpv4(source);
        for (int i = 0; i < count; i++)
        {
            RouterEntry* router = _reader.Current.Routers + i;
            if (router->Address.SharesPrefix(address, router->PrefixBits)) return true;
        }

        return false;
    }

    private void PrefetchFlows(Span<PacketWork> work)
    {
        foreach (ref PacketWork packet in work)
        {
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
        foreach (ref PacketWork packet in work)
        {
            if (packet.Verdict != Verdict.Forwarded) continue;
            _choice.Choose(ref packet, clock, exceptionsAt, Tally);
            if (packet.Backend >= 0) Sse.Prefetch0(backends + packet.Backend);
        }
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
