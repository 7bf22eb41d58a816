using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Tables;

namespace RustyRail.Bench.Parts;

/// <summary>The flow table at its stated capacity, asked as the packet path asks: a batch is hashed and prefetched, then looked up.</summary>
public unsafe class FlowTableParts
{
    private const int Count = 1 << 14, Batch = 64;

    private static readonly FlowClock Now = FlowClock.At(1_000_000_000);

    private readonly FlowKey[] _known = new FlowKey[Count], _unknown = new FlowKey[Count];
    private readonly ulong[] _hashes = new ulong[Batch];
    private FlowEntry* _entries;
    private FlowTable _table;
    private uint _next;

    [Params(1 << 16, 1 << 20)]
    public int Flows { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        nuint bytes = 2 * (nuint)Flows * (nuint)sizeof(FlowEntry);
        _entries = (FlowEntry*)NativeMemory.AlignedAlloc(bytes, 4096);
        _table = new FlowTable(_entries, 2L * Flows);
        Empty();
        Random random = new(1);
        for (uint i = 0; i < Flows; i++) Insert(FlowKeys.Numbered(i));
        for (int i = 0; i < Count; i++)
        {
            _known[i] = FlowKeys.Numbered((uint)random.Next(Flows));
            _unknown[i] = FlowKeys.Numbered((uint)(Flows + random.Next(Flows)));
        }
    }

    [GlobalCleanup]
    public void Free() => NativeMemory.AlignedFree(_entries);

    [Benchmark(OperationsPerInvoke = Count)]
    public int Hit() => Find(_known);

    [Benchmark(OperationsPerInvoke = Count)]
    public int Miss() => Find(_unknown);

    /// <summary>Of flows never seen, while the table fills up from half its capacity.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public int Insertion()
    {
        int displaced = 0;
        for (int first = 0; first < Count; first += Batch)
        {
            for (uint i = 0; i < Batch; i++) Prefetch(FlowKeys.Numbered(_next + i), i);
            for (uint i = 0; i < Batch; i++)
            {
                if (_table.Insert(FlowKeys.Numbered(_next++), _hashes[i], 1, FlowState.Opening, Now)) displaced++;
            }
        }

        return displaced;
    }

    [IterationSetup(Target = nameof(Insertion))]
    public void HalfFill()
    {
        Empty();
        for (_next = 0; _next < Flows / 2; _next++) Insert(FlowKeys.Numbered(_next));
    }

    private void Empty() => NativeMemory.Clear(_entries, 2 * (nuint)Flows * (nuint)sizeof(FlowEntry));

    private void Insert(in FlowKey key) => _table.Insert(key, FlowKeys.Hash(key), 1, FlowState.Established, Now);

    private void Prefetch(in FlowKey key, uint at)
    {
        _hashes[at] = FlowKeys.Hash(key);
        _table.Prefetch(_hashes[at]);
    }

    private int Find(FlowKey[] keys)
    {
        int found = 0;
        for (int first = 0; first < Count; first += Batch)
        {
            for (uint i = 0; i < Batch; i++) Prefetch(keys[first + i], i);
            for (int i = 0; i < Batch; i++)
            {
                if (_table.Find(keys[first + i], _hashes[i]) != null) found++;
            }
        }

        return found;
    }
}
