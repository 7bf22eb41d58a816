using System.Runtime.CompilerServices;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Packets;

namespace RustyRail.Dataplane.Tables;

/// <summary>
/// Copies of the entries that were needed last, close together: 64 KiB that stay in the nearest caches and take few entries of the
/// processor's page cache, where the flow table takes one for nearly every flow. Direct-mapped by hash. A copy answers only for the state and
/// clock step that it names, under the snapshot that it was made under, and until its flow changes. Owner: the worker's thread.
/// </summary>
internal sealed unsafe class RecentFlows
{
    private const int Entries = 4096;
    private const ulong OffsetMask = (Entries - 1) * 16;

    private readonly FlowEntry[] _entries = GC.AllocateArray<FlowEntry>(Entries, pinned: true);
    private readonly byte* _first;
    private readonly FlowTable _flows;

    public RecentFlows(FlowTable flows)
    {
        _flows = flows;
        _first = (byte*)Unsafe.AsPointer(ref _entries[0]);
    }

    /// <summary>False: the flow is not in the table, or not in this state and step.</summary>
    /// <param name="stateAndTime">See <see cref="FlowEntry.StateAndTimeMask"/>.</param>
    /// <param name="meta">Of the flow's entry.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFind(in FlowKey key, ulong hash, uint stateAndTime, out uint meta)
    {
        FlowEntry* recent = At(hash);
        if (Differs(recent, key, stateAndTime) != 0 && !TryCopy(recent, key, hash, stateAndTime))
        {
            meta = 0;
            return false;
        }

        meta = recent->Meta;
        return true;
    }

    /// <summary>Before the flow's entry changes.</summary>
    public void Forget(ulong hash) => *At(hash) = default;

    /// <summary>Slots may soon name other backends.</summary>
    public void ForgetAll() => Array.Clear(_entries);

    private FlowEntry* At(ulong hash) => (FlowEntry*)(_first + ((hash >> 24) & OffsetMask));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryCopy(FlowEntry* recent, in FlowKey key, ulong hash, uint stateAndTime)
    {
        FlowEntry* entry = _flows.First(hash);
        if (Differs(entry, key, stateAndTime) != 0)
        {
            entry = _flows.Find(key, hash);
            if (entry == null || (entry->Meta & FlowEntry.StateAndTimeMask) != stateAndTime) return false;
        }

        *recent = *entry;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Differs(FlowEntry* entry, in FlowKey key, uint stateAndTime)
    {
        const ulong Mask = FlowKey.RestMask | ((ulong)FlowEntry.StateAndTimeMask << 32);
        ulong* words = (ulong*)entry;
        return (words[0] ^ key.Addresses) | ((words[1] & Mask) ^ key.Rest ^ ((ulong)stateAndTime << 32));
    }
}
