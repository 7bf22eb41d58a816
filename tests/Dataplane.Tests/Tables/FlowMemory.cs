using System.Runtime.InteropServices;
using RustyRail.Contract.Hashing;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Tables;

namespace Dataplane.Tests.Tables;

/// <summary>A flow table outside a region, and keys for it.</summary>
internal sealed unsafe class FlowMemory : IDisposable
{
    private static readonly FlowHash Hash = new(0x1234_5678_9ABC_DEF0, 0x0FED_CBA9_8765_4321);

    private readonly FlowEntry* _entries;

    public FlowMemory(int flows)
    {
        nuint bytes = 2 * (nuint)flows * (nuint)sizeof(FlowEntry);
        _entries = (FlowEntry*)NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(_entries, bytes);
        Table = new FlowTable(_entries, 2L * flows);
    }

    public FlowTable Table { get; }

    public long Used
    {
        get
        {
            long used = 0;
            for (long i = 0; i < Table.Buckets * FlowTable.EntriesPerBucket; i++) used += _entries[i].Class != FlowClass.Empty ? 1 : 0;
            return used;
        }
    }

    public static FlowKey Key(uint source, uint destination, uint ports, byte protocol = 6) =>
        FlowKey.For(new ServiceRecord { Affinity = (byte)Affinity.FiveTuple }, 0, source, destination, ports, protocol, FlowKey.ClassOf(protocol, hasPorts: true));

    public static FlowKey Numbered(uint number) => Key(0x0A00_0000 + (number >> 14), 0x0100_010A, ((number & 0x3FFF) << 16) | 0x5000);

    public static ulong HashOf(in FlowKey key) => key.Hash(Hash, default(ServiceRecord));

    /// <summary>The backend on record, or -1.</summary>
    public int Backend(in FlowKey key, ulong? hash = null)
    {
        FlowEntry* entry = Table.Find(key, hash ?? HashOf(key));
        return entry == null ? -1 : entry->Backend;
    }

    public void Dispose() => NativeMemory.AlignedFree(_entries);
}
