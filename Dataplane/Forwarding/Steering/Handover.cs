using System.Runtime.CompilerServices;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Steering;

namespace RustyRail.Dataplane.Forwarding.Steering;

/// <summary>What the steering worker has beside its port: whom to hand slots to, and by which rings. Owner: its thread.</summary>
internal sealed unsafe class Handover
{
    private readonly Forwarder _own;
    private readonly byte[] _chosen = GC.AllocateArray<byte>(Forwarder.BatchSize, pinned: true);
    private readonly HandingEnd[] _ends;
    private long _adopted;

    /// <param name="own">The steering worker's, whose snapshot this uses and by whom it counts.</param>
    /// <param name="ends">Of the ring to worker 1, 2, ...</param>
    /// <param name="wake">Wakes the steering worker.</param>
    public Handover(RegionView region, Forwarder own, ulong deviceMac, HandingEnd[] ends, WakeEvent wake)
    {
        _own = own;
        _ends = ends;
        Wake = wake;
        Choice = new WorkerChoice(region, ends.Length + 1, deviceMac);
    }

    public WorkerChoice Choice { get; }

    public WakeEvent Wake { get; }

    public ReadOnlySpan<HandingEnd> Ends => _ends;

    /// <summary>Slots that are with other workers or wait for the wire.</summary>
    public int Away
    {
        get
        {
            int away = 0;
            foreach (HandingEnd end in _ends) away += end.Away;
            return away;
        }
    }

    /// <summary>Nothing has come back that could leave now.</summary>
    public bool IsQuiet
    {
        get
        {
            foreach (HandingEnd end in _ends)
            {
                if (!end.IsHeldByWire && end.HasReturned) return false;
            }

            return true;
        }
    }

    public bool IsHeldByWire
    {
        get
        {
            foreach (HandingEnd end in _ends)
            {
                if (end.IsHeldByWire) return true;
            }

            return false;
        }
    }

    /// <summary>The worker for each slot of a batch, by the snapshot that the steering worker uses for it.</summary>
    public byte* Choose(PacketSlot* slots, int count)
    {
        ref SnapshotReader reader = ref _own.Reader;
        if (reader.Generation != _adopted && !reader.Current.IsNone)
        {
            Choice.Adopt(reader.Current);
            _adopted = reader.Generation;
        }

        byte* chosen = (byte*)Unsafe.AsPointer(ref _chosen[0]);
        Choice.Choose(slots, count, chosen);
        return chosen;
    }

    /// <summary>False: there is no room, the packet is counted as dropped and its slot still to be released.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryHand(int worker, in PacketSlot slot)
    {
        HandingEnd end = _ends[worker - 1];
        if (end.TryHand(slot)) return true;
        // A ring is full of what its worker has not decided, or of what the wire does not take.
        _own.Tally.NotHandedOver(end.IsHeldByWire ? Reason.TxFull : Reason.SteerFull, slot.Length);
        return false;
    }

    public void Publish()
    {
        foreach (HandingEnd end in _ends) end.Publish();
    }

    public void Close()
    {
        foreach (HandingEnd end in _ends) end.Close();
    }
}
