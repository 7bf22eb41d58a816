using System.Runtime.CompilerServices;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Packets;

namespace RustyRail.Dataplane.Tables;

/// <summary>
/// Copies of the entries that were needed last, close together: 64 KiB that stay in the nearest caches and take few entries of the
/// processor's page cache, where the flow table takes one for nearly every flow. Direct-mapped by hash. A copy is made only of a flow that
/// goes on to a backend that takes it, and answers only for the state and clock step that it names, under the snapshot that it was made
/// under, and until its flow changes. Owner: the worker's thread.
/// </summary>
internal sealed unsafe class RecentFlows
{
    private const int Entries = 4096;
    private const ulong OffsetMask = (Entries - 1) * 16;

    private readonly FlowEntry[] _entries = GC.AllocateArray<FlowEntry>(Entries, pinned: true);
    private readonly byte* _first;

    public RecentFlows() => _first = (byte*)Unsafe.AsPointer(ref _entries[0]);

    /// <summary>The only place for a copy of this flow's entry; it may hold another's, or none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FlowEntry* At(ulong hash) => (FlowEntry*)(_first + ((hash >> 24) & OffsetMask));

    /// <summary>0 if the copy is of this flow, in this state and step.</summary>
    /// <param name="stateAndTime">See <see cref="FlowEntry.StateAndTimeMask"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Difference(FlowEntry* copy, FlowKey key, uint stateAndTime)
    {
        const ulong Mask = FlowKey.RestMask | ((ulong)FlowEntry.StateAndTimeMask << 32);
        ulong* words = (ulong*)copy;
        return (words[0] ^ key.Addresses) | ((words[1] & Mask) ^ (key.Rest | ((ulong)stateAndTime << 32)));
    }

    /// <summary>Before the flow's entry changes.</summary>
    public void Forget(ulong hash) => *At(hash) = default;

    /// <summary>Slots may soon name other backends.</summary>
    public void ForgetAll() => Array.Clear(_entries);
}
