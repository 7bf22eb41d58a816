using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Packets;

namespace RustyRail.Dataplane.Tables;

/// <summary>
/// IPv4 flows of one worker: buckets of one cache line, four exact entries each, every key in one of two buckets. Fixed memory in the
/// region, so that it outlives the process. A new flow takes a free or expired entry of its emptier bucket, else the one idle longest.
/// Owner: the worker's thread.
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
        FlowEntry* victim = ChooseVictim(First(hash), Second(hash), clock, out bool displaced);
        // Empty in between: the control plane reads along and must not take half of one flow for another.
        Volatile.Write(ref *(uint*)&victim->Meta, 0);
        Volatile.Write(ref victim->Source, key.Source);
        Volatile.Write(ref victim->Destination, key.Destination);
        Volatile.Write(ref victim->Ports, key.Ports);
        Volatile.Write(ref *(uint*)&victim->Meta, FlowMeta.Of(backend, key.Class, clock.Now, state).Word);
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

    private static FlowEntry* ChooseVictim(FlowEntry* first, FlowEntry* second, FlowClock clock, out bool displaced)
    {
        FlowEntry* free = FreeIn(first, clock, out int freeInFirst);
        FlowEntry* freeSecond = FreeIn(second, clock, out int freeInSecond);
        displaced = freeInFirst + freeInSecond == 0;
        if (displaced) return Oldest(first, second, clock);
        return freeInSecond > freeInFirst ? freeSecond : free;
    }

    private static FlowEntry* FreeIn(FlowEntry* bucket, FlowClock clock, out int count)
    {
        FlowEntry* free = null;
        count = 0;
        for (int i = EntriesPerBucket - 1; i >= 0; i--)
        {
            if (bucket[i].Class != FlowClass.Empty && !clock.IsExpired(bucket[i].Meta)) continue;
            free = bucket + i;
            count++;
        }

        return free;
    }

    private static FlowEntry* Oldest(FlowEntry* first, FlowEntry* second, FlowClock clock)
    {
        FlowEntry* oldest = first;
        for (int i = 1; i < 2 * EntriesPerBucket; i++)
        {
            FlowEntry* other = i < EntriesPerBucket ? first + i : second + i - EntriesPerBucket;
            if (clock.AgeOf(other->Meta) > clock.AgeOf(oldest->Meta)) oldest = other;
        }

        return oldest;
    }
}
