using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Packets;

namespace RustyRail.Dataplane.Tables;

/// <summary>
/// IPv6 flows of one worker: as <see cref="FlowTable"/>, but a bucket is two cache lines with three entries. Owner: the worker's thread.
/// </summary>
/// <param name="bucketCount">A power of two.</param>
internal readonly unsafe struct Ipv6FlowTable(Ipv6FlowBucket* buckets, long bucketCount)
{
    private readonly Ipv6FlowBucket* _buckets = buckets;
    private readonly uint _mask = (uint)(bucketCount - 1);

    public uint Buckets => _mask + 1;

    public void Prefetch(ulong hash)
    {
        Prefetch((byte*)First(hash));
        Prefetch((byte*)Second(hash));
    }

    /// <summary>The flow's entry, or null.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public Ipv6FlowEntry* Find(Ipv6FlowKey* key, ulong hash)
    {
        Ipv6FlowEntry* found = FindIn(First(hash), key);
        return found != null ? found : FindIn(Second(hash), key);
    }

    /// <summary>Puts in a key that is not there. True if a live flow had to give way.</summary>
    public bool Insert(Ipv6FlowKey* key, ulong hash, int backend, FlowState state, FlowClock clock)
    {
        Ipv6FlowEntry* first = First(hash), second = Second(hash);
        uint none = Victim.NoPlace(clock);
        Vector256<uint> metas = Vector256.Create(
            first[0].Meta.Word, first[1].Meta.Word, first[2].Meta.Word, none, second[0].Meta.Word, second[1].Meta.Word, second[2].Meta.Word, none);
        int place = Victim.Choose(metas, clock, out bool displaced);
        Ipv6FlowEntry* victim = place < Victim.Places ? first + place : second + (place - Victim.Places);
        uint* meta = (uint*)&victim->Meta;
        // Empty in between, word by word: see FlowTable.Insert.
        Volatile.Write(ref *meta, 0);
        Write(ref victim->Source, key->Source);
        Write(ref victim->Destination, key->Destination);
        Volatile.Write(ref victim->Ports, key->Ports);
        Volatile.Write(ref *meta, FlowMeta.Of(backend, key->Class, clock.Now, state).Word);
        return displaced;
    }

    public Ipv6FlowEntry* Bucket(uint index) => (Ipv6FlowEntry*)(_buckets + index);

    private Ipv6FlowEntry* First(ulong hash) => Bucket((uint)hash & _mask);

    private Ipv6FlowEntry* Second(ulong hash) => Bucket((uint)((hash * 0x9E37_79B9_7F4A_7C15) >> 36) & _mask);

    private static void Prefetch(byte* bucket)
    {
        Sse.Prefetch0(bucket);
        Sse.Prefetch0(bucket + 64);
    }

    private static Ipv6FlowEntry* FindIn(Ipv6FlowEntry* bucket, Ipv6FlowKey* key)
    {
        for (int i = 0; i < Ipv6FlowBucket.EntryCount; i++)
        {
            if (Holds(bucket + i, key)) return bucket + i;
        }

        return null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Holds(Ipv6FlowEntry* entry, Ipv6FlowKey* key) =>
        entry->Ports == key->Ports && entry->Meta.Class == key->Class && entry->Source.Equals(key->Source) && entry->Destination.Equals(key->Destination);

    private static void Write(ref IpKey into, in IpKey key)
    {
        Volatile.Write(ref into.High, key.High);
        Volatile.Write(ref into.Low, key.Low);
    }
}
