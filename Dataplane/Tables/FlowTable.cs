using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
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

    private const int BucketShift = 6, WordsPerBucket = 2 * EntriesPerBucket;

    /// <summary>The first words of the entries of two buckets, a bit each.</summary>
    private const uint WholeEntries = 0x5555;

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

    /// <summary>
    /// The flow's entry, or null. Both buckets are compared whole: where in them a flow stands is random, and a wrong guess costs more than the
    /// comparisons, since it is found out only when the bucket has come from memory.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FlowEntry* Find(in FlowKey key, ulong hash)
    {
        Vector256<ulong> mask = Vector256.Create(ulong.MaxValue, FlowKey.RestMask, ulong.MaxValue, FlowKey.RestMask);
        Vector128<ulong> words = Vector128.LoadUnsafe(in key.Addresses);
        Vector256<ulong> wanted = Vector256.Create(words, words);
        byte* first = First(hash), second = Second(hash);
        uint found = EqualWords(first, mask, wanted) | (EqualWords(second, mask, wanted) << WordsPerBucket);
        found &= found >> 1 & WholeEntries;
        if (found == 0) return null;
        int word = BitOperations.TrailingZeroCount(found);
        // -1 if it is in the second bucket, else 0: no branch.
        nint isSecond = -(word >> 3);
        return (FlowEntry*)(first + ((second - first) & isSecond)) + ((word & (WordsPerBucket - 1)) >> 1);
    }

    /// <summary>Puts in a key that is not there. True if a live flow had to give way.</summary>
    public bool Insert(in FlowKey key, ulong hash, int backend, FlowState state, FlowClock clock)
    {
        FlowEntry* first = (FlowEntry*)First(hash), second = (FlowEntry*)Second(hash);
        Vector256<uint> metas = Vector256.Create(
            first[0].Meta.Word, first[1].Meta.Word, first[2].Meta.Word, first[3].Meta.Word, second[0].Meta.Word, second[1].Meta.Word, second[2].Meta.Word, second[3].Meta.Word);
        int place = Victim.Choose(metas, clock, out bool displaced);
        FlowEntry* victim = (place < EntriesPerBucket ? first : second - EntriesPerBucket) + place;
        uint* meta = (uint*)&victim->Meta;
        // Empty in between: the control plane reads along and must not take half of one flow for another.
        Volatile.Write(ref *meta, 0);
        Volatile.Write(ref victim->Source, key.Source);
        Volatile.Write(ref victim->Destination, key.Destination);
        Volatile.Write(ref victim->Ports, key.Ports);
        Volatile.Write(ref *meta, FlowMeta.Of(backend, key.Class, clock.Now, state).Word);
        return displaced;
    }

    public FlowEntry* Bucket(uint index) => _entries + ((long)index * EntriesPerBucket);

    // The Maglev look-up uses the hash's high half; the buckets use its lowest bits and a multiple of the rest.
    private byte* First(ulong hash) => (byte*)_entries + ((hash << BucketShift) & _offsetMask);

    private byte* Second(ulong hash) => (byte*)_entries + (((hash * 0x9E37_79B9_7F4A_7C15) >> (36 - BucketShift)) & _offsetMask);

    /// <summary>A bit for each of the bucket's words that is the wanted one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint EqualWords(byte* bucket, Vector256<ulong> mask, Vector256<ulong> wanted)
    {
        uint low = Vector256.Equals(Vector256.Load((ulong*)bucket) & mask, wanted).ExtractMostSignificantBits();
        uint high = Vector256.Equals(Vector256.Load((ulong*)bucket + (WordsPerBucket / 2)) & mask, wanted).ExtractMostSignificantBits();
        return low | (high << (WordsPerBucket / 2));
    }
}
