using System.Collections.Immutable;
using System.Net;
using RustyRail.Contract;
using RustyRail.Contract.Hashing;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;

namespace Dataplane.Tests.Contract.Snapshots;

/// <summary>Content in which every address, table entry and key follows from the generation.</summary>
internal static unsafe class GenerationalContent
{
    private const int Backends = 32, TableSize = 1021;

    private static readonly PoolId Pool = new("web");
    private static readonly BackendId[] Ids = [.. Enumerable.Range(0, Backends).Select(i => new BackendId(Pool, $"server{i:d2}"))];

    private static readonly ImmutableArray<ServiceSpec> Services =
    [
        new(new ServiceId("web"), IPNetwork.Parse("10.1.0.1/32"), Protocol.Tcp, new PortRange(80, 80), Pool, SendForm.Gre, Affinity.FiveTuple),
    ];

    public static SnapshotContent Of(long generation)
    {
        ushort[] entries = new ushort[TableSize];
        for (int i = 0; i < entries.Length; i++) entries[i] = (ushort)EntryAt(i, generation);
        ImmutableArray<BackendContent> backends = [.. Ids.Select((id, i) => new BackendContent(id, new IPAddress(AddressOf(i, generation)), true, true, 1, null))];
        return new SnapshotContent("", "", new FlowHashKey((ulong)generation, ~(ulong)generation, 1), [], Services, [new PoolContent(Pool, entries, backends)]);
    }

    /// <summary>One look-up as a worker makes it: the key, an entry of the table, its backend.</summary>
    public static bool IsWhole(RegionView region, SnapshotView snapshot, long generation, Random random)
    {
        int index = random.Next(TableSize);
        ReadOnlySpan<ushort> table = region.Table(snapshot.Pools[0]);
        if (table.Length != TableSize || snapshot.Header->HashKey0 != (ulong)generation || snapshot.Header->HashKey1 != ~(ulong)generation) return false;
        int slot = table[index];
        return slot == EntryAt(index, generation) && snapshot.Backends[slot].Address.Ipv4 == AddressOf(slot, generation);
    }

    // Backends get their slots in the order of their first publication: index and slot are the same.
    private static int EntryAt(int index, long generation) => (int)((index + generation) % Backends);

    private static uint AddressOf(int slot, long generation) => (uint)((generation * 2654435761) ^ slot);
}
