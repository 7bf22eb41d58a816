using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Packets;

namespace RustyRail.Dataplane.Tables;

/// <summary>
/// Where the established flows go that were needed last, close together: 256 KiB that stay in the nearer caches and take few entries of
/// the processor's page cache, where the flow table takes one for nearly every flow. Direct-mapped by hash. An entry is made only of a flow
/// that goes on to a backend that takes it, and answers only for the state and clock step that it names, under the snapshot that it was
/// made under, and until its flow changes. Owner: the worker's thread.
/// </summary>
internal sealed unsafe class RecentFlows
{
    private const int Entries = 8192;
    private const ulong OffsetMask = (Entries - 1) * RecentFlow.Bytes;

    private readonly RecentFlow[] _entries = GC.AllocateArray<RecentFlow>(Entries, pinned: true);
    private readonly byte* _first;

    public RecentFlows() => _first = (byte*)Unsafe.AsPointer(ref _entries[0]);

    /// <summary>The only place for this flow; it may hold another, or none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RecentFlow* At(ulong hash) => (RecentFlow*)(_first + ((hash >> 24) & OffsetMask));

    /// <summary>Before the flow's entry changes.</summary>
    public void Forget(ulong hash) => *At(hash) = default;

    /// <summary>Slots may soon name other backends.</summary>
    public void ForgetAll() => Array.Clear(_entries);
}

/// <summary>A flow's entry, what was found out about its packets on the way to it, and nothing that a packet of another flow could match.</summary>
[StructLayout(LayoutKind.Sequential, Size = Bytes)]
internal unsafe struct RecentFlow
{
    public const int Bytes = 32;

    private FlowEntry _entry;

    /// <summary>Found to be allowed; 0: its packets come without one.</summary>
    private ulong _router;

    public RecentFlow(FlowEntry* entry, ulong router, int service) => (_entry, _router, Service) = (*entry, router, service);

    public int Service { get; }

    public readonly int Backend => _entry.Backend;

    /// <summary>0 if it is this flow by this router, in this state and step.</summary>
    /// <param name="stateAndTime">See <see cref="FlowMeta.StateAndTimeMask"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Difference(RecentFlow* flow, FlowKey key, ulong router, uint stateAndTime)
    {
        const ulong Mask = FlowKey.RestMask | ((ulong)FlowMeta.StateAndTimeMask << 32);
        ulong* words = (ulong*)flow;
        return (words[0] ^ key.Addresses) | ((words[1] & Mask) ^ (key.Rest | ((ulong)stateAndTime << 32))) | (flow->_router ^ router);
    }
}
