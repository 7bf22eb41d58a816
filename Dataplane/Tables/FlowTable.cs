using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Packets;

namespace RustyRail.Dataplane.Tables;

/// <summary>
/// IPv4 flows of one worker: buckets of one cache line, four exact entries each, every key in one of two buckets. Fixed memory in the
/// region, so that it outlives the process. Owner: the worker's thread.
/// </summary>
internal readonly unsafe struct FlowTable
{
    public const int EntriesPerBucket = 4;

    private const int BucketShift = 6;

    private readonly FlowEntry* _entries;

    /// <summary>For offsets of buckets, in bytes.</summary>
    private readonly ulong _offsetMask;

    /// <param name="entryCount">A power of two, at least 8; the table is meant to be half full.</param>
    public FlowTable(FlowEntry* entries, long entryCount)
    {
        _entries = entries;
        _offsetMask = (((ulong)entryCount / EntriesPerBucket) - 1) << BucketShift;
    }

    public uint Buckets => (uint)(_offsetMask >> BucketShift) + 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(ulong hash)
    {
        Sse.Prefetch0(First(hash));
        Sse.Prefetch0(Second(hash));
    }

    /// <summary>The flow's entry, or null. Looks first where most are, since new ones take a bucket's first free entry.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FlowEntry* FindNear(in FlowKey key, ulong hash)
    {
        FlowEntry* first = First(hash);
        return Holds(first, key) ? first : Find(key, hash);
    }

    /// <summary>The flow's entry, or null.</summary>
    public FlowEntry* Find(in FlowKey key, ulong hash)
    {
        FlowEntry* first = First(hash), second = Second(hash);
        for (int i = 0; i < EntriesPerBucket; i++)
        {
            if (Holds(first + i, key)) return first + i;
        }

        for (int i = 0; i < EntriesPerBucket; i++)
        {
            if (Holds(second + i, key)) return second + i;
        }

        return null;
    }

    /// <summary>Puts in a key that is not there. True if a live flow had to give way.</summary>
    public bool Insert(in FlowKey key, ulong hash, int backend, FlowState state, FlowClock clock)
    {
        FlowMeta* meta = Victim.Choose(&First(hash)->Meta, &Second(hash)->Meta, EntriesPerBucket, sizeof(FlowEntry), clock, out bool displaced);
        FlowEntry* victim = (FlowEntry*)((byte*)(meta + 1) - sizeof(FlowEntry));
        // Empty in between: the control plane reads along and must not take half of one flow for another.
        Volatile.Write(ref *(uint*)meta, 0);
        Volatile.Write(ref victim->Source, key.Source);
        Volatile.Write(ref victim->Destination, key.Destination);
        Volatile.Write(ref victim->Ports, key.Ports);
        Volatile.Write(ref *(uint*)meta, FlowMeta.Of(backend, key.Class, clock.Now, state).Word);
        return displaced;
    }

    public FlowEntry* Bucket(uint index) => _entries + ((long)index * EntriesPerBucket);

    // The Maglev look-up uses the hash's high half; the buckets use its lowest bits and a multiple of the rest.
    private FlowEntry* First(ulong hash) => At((hash << BucketShift) & _offsetMask);

    private FlowEntry* Second(ulong hash) => At(((hash * 0x9E37_79B9_7F4A_7C15) >> (36 - BucketShift)) & _offsetMask);

    private FlowEntry* At(ulong offset) => (FlowEntry*)((byte*)_entries + offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Holds(FlowEntry* entry, in FlowKey key)
    {
        ulong* words = (ulong*)entry;
        return ((words[0] ^ key.Addresses) | ((words[1] & FlowKey.RestMask) ^ key.Rest)) == 0;
    }
}
