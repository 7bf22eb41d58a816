using System.Runtime.CompilerServices;
using RustyRail.Contract.Hashing;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Tables;

namespace RustyRail.Dataplane.Forwarding;

/// <summary>
/// Own flow entry if its backend still takes established flows, else an exception that another node told of, else the pool's Maglev table. One snapshot's worth of look-up state;
/// every index that comes out of shared memory is checked before it is used.
/// </summary>
internal readonly unsafe struct BackendChoice(RegionView region, SnapshotView snapshot, FlowTables flows, NewFlowCap cap)
{
    // Rounded times of two nodes differ by that much even if they mean the same moment.
    private const uint ClearlyLater = 2;

    private readonly RegionView _region = region;
    private readonly SnapshotView _snapshot = snapshot;
    private readonly FlowTables _flows = flows;
    private readonly NewFlowCap _cap = cap;
    private readonly ExceptionTable _exceptions = region.ExceptionTable;
    private readonly uint _backendSlots = (uint)Math.Min(snapshot.Header->BackendSlots, region.Capacities.Backends);
    private readonly uint _poolSlots = (uint)Math.Min(snapshot.Header->PoolSlots, region.Capacities.Pools);

    public BackendRecord* Backends => _snapshot.Backends;

    /// <summary>
    /// True: the flow is established, nothing in the packet changes that, its entry was touched in this step of the clock, and its backend
    /// takes it and can be sent to. False says nothing.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryEstablished(FlowMeta* flow, PacketWork* packet, uint quietMeta)
    {
        const BackendFlags Ready = BackendFlags.TakesEstablished | BackendFlags.NextHop;
        uint meta = flow->Word, backend = meta & FlowMeta.BackendMask;
        if ((((meta & FlowMeta.StateAndTimeMask) ^ quietMeta) | (packet->TcpFlags & (uint)TcpHeader.Changing)) != 0 || backend >= _backendSlots) return false;
        packet->Backend = (int)backend;
        return (~_snapshot.Backends[backend].Flags & Ready) == 0;
    }

    /// <summary>The whole choice. False: there is no backend, or none that can be sent to; the packet is dropped.</summary>
    /// <param name="flow">What is known of the packet's flow, or null.</param>
    public bool TryChoose(FlowMeta* flow, PacketWork* packet, in BatchTime time, Tally tally)
    {
        bool hasExceptions = Volatile.Read(ref _region.Header->ExceptionCount) != 0;
        if (flow != null && KeepsFlow(*flow, packet->TcpFlags) && !(hasExceptions && IsOvertaken(*flow, packet->Hash, time.Clock, time.ExceptionSeconds)))
        {
            packet->Backend = flow->Backend;
            Touch(flow, packet, time.Clock);
            return HasNextHop(packet);
        }

        tally.FlowMiss();
        int before = IsReopened(flow, packet->TcpFlags) ? flow->Backend : -1;
        int backend = hasExceptions && before < 0 ? FromExceptions(packet->Hash, packet->TcpFlags, time.ExceptionSeconds, out before) : -1;
        if (backend >= 0)
        {
            tally.ExceptionHit();
        }
        else
        {
            backend = FromTable(packet->Service, packet->Hash);
            if (backend < 0)
            {
                packet->Backend = -1;
                packet->Drop(Reason.NoBackend);
                return false;
            }

            tally.NewFlow(packet->Service, backend);
        }

        packet->Backend = backend;
        if (before >= 0 && before != backend) tally.Reopened();
        WriteDown(flow, packet, time, tally);
        return HasNextHop(packet);
    }

    /// <summary>The same for a packet that leaves no trace in its flow: what the flow's next one would get.</summary>
    public bool TryFollow(PacketWork* packet, uint nowSeconds)
    {
        FlowMeta* flow = _flows.Find(packet);
        int backend = flow != null && TakesEstablished(flow->Backend) ? flow->Backend : -1;
        if (backend < 0 && Volatile.Read(ref _region.Header->ExceptionCount) != 0) backend = FromExceptions(packet->Hash, tcpFlags: 0, nowSeconds, out _);
        if (backend < 0) backend = FromTable(packet->Service, packet->Hash);
        packet->Backend = backend;
        if (backend >= 0) return HasNextHop(packet);
        packet->Drop(Reason.NoBackend);
        return false;
    }

    /// <summary>Backend slot by Maglev, or -1 if the pool has none that takes new flows.</summary>
    public int FromTable(int service, ulong hash)
    {
        uint pool = _snapshot.Services[service].Pool;
        if (pool >= _poolSlots) return -1;
        ReadOnlySpan<ushort> table = _region.Table(_snapshot.Pools[pool]);
        if (table.IsEmpty) return -1;
        ushort backend = table[(int)FlowHash.Reduce(hash, (uint)table.Length)];
        return backend < _backendSlots ? backend : -1;
    }

    /// <summary>Backend slot of an exception that this node may follow, or -1. It overrides neither health nor a removal.</summary>
    /// <param name="ended">The backend of the connection that the ports had before, if this one is its successor; else -1.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public int FromExceptions(ulong hash, byte tcpFlags, uint nowSeconds, out int ended)
    {
        bool found = _exceptions.TryFind(hash, nowSeconds, out ExceptionValue value);
        ended = found && FlowStates.IsReopened(value.State, tcpFlags) ? value.Backend : -1;
        return found && ended < 0 && TakesEstablished(value.Backend) ? value.Backend : -1;
    }

    /// <summary>
    /// The flow has been silent here while another node saw it at another backend: it ended there, and its ports were used again. The last to
    /// see a packet is right.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool IsOvertaken(FlowMeta flow, ulong hash, FlowClock clock, uint nowSeconds)
    {
        uint silent = clock.AgeOf(flow);
        return silent > ClearlyLater
            && _exceptions.TryFind(hash, nowSeconds, out ExceptionValue value)
            && value.Backend != flow.Backend
            && value.LastSeen + (silent * FlowMeta.TimeUnitSeconds) > nowSeconds + (ClearlyLater * FlowMeta.TimeUnitSeconds)
            && TakesEstablished(value.Backend);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool KeepsFlow(FlowMeta flow, byte tcpFlags) => TakesEstablished(flow.Backend) && !FlowStates.IsReopened(flow.State, tcpFlags);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TakesEstablished(int backend) =>
        (uint)backend < _backendSlots && (_snapshot.Backends[backend].Flags & BackendFlags.TakesEstablished) != 0;

    public bool HasNextHop(PacketWork* packet)
    {
        if ((_snapshot.Backends[packet->Backend].Flags & BackendFlags.NextHop) != 0) return true;
        packet->Drop(Reason.NoNextHop);
        return false;
    }

    /// <summary>What others tell about the ports' last connection is not about this one.</summary>
    private static bool IsReopened(FlowMeta* flow, byte tcpFlags) => flow != null && FlowStates.IsReopened(flow->State, tcpFlags);

    private void WriteDown(FlowMeta* flow, PacketWork* packet, in BatchTime time, Tally tally)
    {
        FlowState state = FlowStates.OfNew(packet->TcpFlags, packet->Class);
        if (flow != null) *flow = FlowMeta.Of(packet->Backend, packet->Class, time.Clock.Now, state);
        else if (_cap.TryTake((packet->TcpFlags & TcpHeader.Syn) != 0, time.Now)) tally.Inserted(_flows.Insert(packet, state, time.Clock));
        else tally.NotInserted();
    }

    /// <summary>Writes only what changed: a line that stays clean costs nothing to the other cores.</summary>
    private static void Touch(FlowMeta* flow, PacketWork* packet, FlowClock clock)
    {
        FlowState state = FlowStates.After(flow->State, packet->TcpFlags, packet->Class);
        FlowMeta changed = FlowMeta.Of(flow->Backend, packet->Class, clock.Now, state);
        if (*flow != changed) *flow = changed;
    }
}
