using System.Runtime.CompilerServices;

namespace RustyRail.Contract.Region;

/// <summary>
/// The exceptions as workers read them: buckets of one cache line, every key in one of two. Nothing to lock or to repeat: a writer that
/// dies at any instruction leaves a table that reads well.
/// </summary>
internal readonly unsafe struct ExceptionTable
{
    public const int EntriesPerBucket = 4;

    private readonly ExceptionEntry* _entries;
    private readonly uint _bucketMask;

    /// <param name="entryCount">A power of two, at least 8; the table is meant to be half full.</param>
    public ExceptionTable(ExceptionEntry* entries, long entryCount)
    {
        _entries = entries;
        _bucketMask = (uint)(entryCount / EntriesPerBucket) - 1;
    }

    public uint Buckets => _bucketMask + 1;

    public ExceptionEntry* Bucket(uint index) => _entries + ((long)index * EntriesPerBucket);

    /// <summary>True if there is one for that flow that has not expired.</summary>
    public bool TryFind(ulong hash, uint nowSeconds, out ExceptionValue value)
    {
        ulong key = ExceptionEntry.KeyOf(hash);
        return (TryFindIn(First(key), key, out value) || TryFindIn(Second(key), key, out value)) && value.ExpiresAt >= nowSeconds;
    }

    public ExceptionEntry* First(ulong key) => Bucket((uint)key & _bucketMask);

    public ExceptionEntry* Second(ulong key) => Bucket((uint)((key * 0x9E37_79B9_7F4A_7C15) >> 36) & _bucketMask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryFindIn(ExceptionEntry* bucket, ulong key, out ExceptionValue value)
    {
        for (int i = 0; i < EntriesPerBucket; i++)
        {
            // The key was stored after its value and is loaded before it.
            if (Volatile.Read(ref bucket[i].Key) != key) continue;
            value = new ExceptionValue(Volatile.Read(ref bucket[i].Value));
            if (value.IsOf(key) && Volatile.Read(ref bucket[i].Key) == key) return true;
        }

        value = default;
        return false;
    }
}
