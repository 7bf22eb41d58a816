using BenchmarkDotNet.Attributes;
using RustyRail.Contract.Hashing;

namespace RustyRail.Bench.Parts;

/// <summary>Each flow hash alone: many at once, and one that waits for the one before.</summary>
public class HashParts
{
    private const int Count = 1024;

    private readonly ulong[] _addresses = new ulong[Count];

    [GlobalSetup]
    public void Fill()
    {
        for (uint i = 0; i < Count; i++) _addresses[i] = FlowKeys.Numbered(i).Addresses;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public ulong MultiplyMix() => Many<FlowHash>();

    [Benchmark(OperationsPerInvoke = Count)]
    public ulong SipHash13() => Many<SipFlowHash>();

    [Benchmark(OperationsPerInvoke = Count)]
    public ulong MultiplyMixLatency() => Chained<FlowHash>();

    [Benchmark(OperationsPerInvoke = Count)]
    public ulong SipHash13Latency() => Chained<SipFlowHash>();

    private ulong Many<THash>()
        where THash : struct, IFlowHash<THash>
    {
        THash hash = THash.Keyed(FlowKeys.Key0, FlowKeys.Key1);
        ulong all = 0;
        foreach (ulong addresses in _addresses) all ^= hash.Of(addresses, 0x1_5000_3930);
        return all;
    }

    private ulong Chained<THash>()
        where THash : struct, IFlowHash<THash>
    {
        THash hash = THash.Keyed(FlowKeys.Key0, FlowKeys.Key1);
        ulong last = 0;
        foreach (ulong addresses in _addresses) last = hash.Of(last ^ addresses, 0x1_5000_3930);
        return last;
    }
}
