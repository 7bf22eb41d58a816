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

    private readonly FlowEntry* _entries;
    private readonly uint _bucketMask;

    /// <param name="entryCount">A power of two, at least 8; the table is meant to be half full.</param>
    public FlowTable(FlowEntry* entries, long entryCount)
    {
        _entries = entries;
        _bucketMask = (uint)(entryCount / EntriesPerBucket) - 1;
    }

    public uint Buckets => _bucketMask + 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(ulong hash)
    {
        Sse.Prefetch0(Bucket(First(hash)));
        Sse.Prefetch0(Bucket(Second(hash)));
    }

    /// <summary>The flow's entry, or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FlowEntry* Find(in FlowKey key, ulong hash)
    {
        ulong rest = key.Ports | ((ulong)key.Class << (32 + FlowEntry.BackendBits));
        FlowEntry* found = FindIn(Bucket(First(hash)), key.Addresses, rest);
        return found != null ? found : FindIn(Bucket(Second(hash)), key.Addresses, rest);
    }

    /// <summary>Puts in a key that is not there. True if a live flow had to give way.</summary>
    public bool Insert(in FlowKey key, ulong hash, int backend, FlowState state, FlowClock clock)
    {
        FlowEntry* victim = ChooseVictim(Bucket(First(hash)), Bucket(Second(hash)), clock, out bool displaced);
        // Empty in between: the control plane reads along and must not take half of one flow for another.
        Volatile.Write(ref victim->Meta, 0);
        Volatile.Write(ref victim->Source, key.Source);
        Volatile.Write(ref victim->Destination, key.Destination);
        Volatile.Write(ref victim->Ports, key.Ports);
        Volatile.Write(ref victim->Meta, FlowEntry.PackMeta(backend, key.Class, clock.Now, state));
        return displaced;
    }

    public FlowEntry* Bucket(uint index) => _entries + ((long)index * EntriesPerBucket);

    // The Maglev look-up uses the hash's high half; the buckets use its low 32 bits and a multiple of the rest.
    private uint First(ulong hash) => (uint)hash & _bucketMask;

    private uint Second(ulong hash) => (uint)((hash * 0x9E37_79B9_7F4A_7C15) >> 36) & _bucketMask;

    // New flows take the first free entry, so most are found by the first comparison.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static FlowEntry* FindIn(FlowEntry* bucket, ulong addresses, ulong rest)
    {
        const ulong KeyBits = uint.MaxValue | ((ulong)FlowEntry.ClassMask << 32);
        ulong* words = (ulong*)bucket;
        if (words[0] == addresses && (words[1] & KeyBits) == rest) return bucket;
        if (words[2] == addresses && (words[3] & KeyBits) == rest) return bucket + 1;
        if (words[4] == addresses && (words[5] & KeyBits) == rest) return bucket + 2;
        return words[6] == addresses && (words[7] & KeyBits) == rest ? bucket + 3 : null;
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
            if (bucket[i].Class != FlowClass.Empty && !clock.IsExpired(bucket[i])) continue;
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
            if (clock.AgeOf(*other) > clock.AgeOf(*oldest)) oldest = other;
        }

        return oldest;
    }
}
