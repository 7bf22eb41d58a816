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
internal readonly unsafe struct BackendChoice(RegionView region, SnapshotView snapshot, FlowTable flows)
{
    private readonly RegionView _region = region;
    private readonly SnapshotView _snapshot = snapshot;
    private readonly FlowTable _flows = flows;
    private readonly ExceptionTable _exceptions = region.ExceptionTable;
    private readonly uint _backendSlots = (uint)Math.Min(snapshot.Header->BackendSlots, region.Capacities.Backends);
    private readonly uint _poolSlots = (uint)Math.Min(snapshot.Header->PoolSlots, region.Capacities.Pools);

    /// <summary>State and time of an established flow that was seen in this step of the clock: its next quiet packet changes nothing.</summary>
    public static uint QuietMeta(FlowClock clock) => FlowEntry.PackMeta(0, FlowClass.Empty, clock.Now, FlowState.Established);

    /// <summary>True: the flow is known, its backend still takes it, and its entry stays as it is. False says nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryOwnFlow(PacketWork* packet, uint quietMeta)
    {
        FlowEntry* entry = _flows.Find(packet->Key, packet->Hash);
        if (entry == null) return false;
        uint meta = entry->Meta;
        int backend = (int)(meta & FlowEntry.BackendMask);
        bool isQuiet = (packet->TcpFlags & (TcpHeader.Syn | TcpHeader.Fin | TcpHeader.Reset)) == 0 && (meta & FlowEntry.StateAndTimeMask) == quietMeta;
        if (!isQuiet || !TakesEstablished(backend)) return false;
        packet->Backend = backend;
        return true;
    }

    /// <summary>The whole choice; true if it was the flow's own backend. Without any the packet is dropped.</summary>
    /// <param name="exceptionsAt">Monotonic seconds, or 0 if there are no exceptions: then nothing is looked up.</param>
    public bool Choose(ref PacketWork packet, FlowClock clock, uint exceptionsAt, Tally tally)
    {
        FlowEntry* entry = _flows.Find(packet.Key, packet.Hash);
        if (entry != null && KeepsFlow(entry, packet.TcpFlags))
        {
            packet.Backend = entry->Backend;
            Touch(entry, packet, clock);
            return true;
        }

        tally.FlowMiss();
        int backend = exceptionsAt == 0 || IsReopened(entry, packet.TcpFlags) ? -1 : FromExceptions(packet.Hash, packet.TcpFlags, exceptionsAt);
        if (backend >= 0)
        {
            tally.ExceptionHit();
        }
        else
        {
            backend = FromTable(packet.Service, packet.Hash);
            packet.IsNewFlow = backend >= 0;
        }

        if (backend < 0)
        {
            packet.Drop(Reason.NoBackend);
            return false;
        }

        packet.Backend = backend;
        FlowState state = FlowStates.OfNew(packet.TcpFlags, packet.Key.Class);
        if (entry != null) entry->Meta = FlowEntry.PackMeta(backend, packet.Key.Class, clock.Now, state);
        else tally.Inserted(_flows.Insert(packet.Key, packet.Hash, backend, state, clock));
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
    [MethodImpl(MethodImplOptions.NoInlining)]
    public int FromExceptions(ulong hash, byte tcpFlags, uint nowSeconds)
    {
        bool found = _exceptions.TryFind(hash, nowSeconds, out ExceptionValue value);
        return found && TakesEstablished(value.Backend) && !FlowStates.IsReopened(value.State, tcpFlags) ? value.Backend : -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool KeepsFlow(FlowEntry* entry, byte tcpFlags) => TakesEstablished(entry->Backend) && !FlowStates.IsReopened(entry->State, tcpFlags);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TakesEstablished(int backend) =>
        (uint)backend < _backendSlots && (_snapshot.Backends[backend].Flags & BackendFlags.TakesEstablished) != 0;

    /// <summary>What others tell about the ports' last connection is not about this one.</summary>
    private static bool IsReopened(FlowEntry* entry, byte tcpFlags) => entry != null && FlowStates.IsReopened(entry->State, tcpFlags);

    /// <summary>Writes only what changed: a line that stays clean costs nothing to the other cores.</summary>
    private static void Touch(FlowEntry* entry, in PacketWork packet, FlowClock clock)
    {
        FlowState state = FlowStates.After(entry->State, packet.TcpFlags, packet.Key.Class);
        uint meta = FlowEntry.PackMeta(entry->Backend, packet.Key.Class, clock.Now, state);
        if (entry->Meta != meta) entry->Meta = meta;
    }
}
