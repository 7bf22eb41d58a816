using BenchmarkDotNet.Attributes;
using RustyRail.Contract.Maglev;

namespace RustyRail.Bench.Parts;

/// <summary>A whole table, permutations included.</summary>
public class MaglevParts
{
    private string[] _names = [];
    private int[] _equal = [], _mixed = [];

    [Params(10, 100, 1000, 10_000)]
    public int Backends { get; set; }

    [Params(65537, 655373)]
    public int TableSize { get; set; }

    [GlobalSetup]
    public void Name()
    {
        _names = [.. Enumerable.Range(0, Backends).Select(i => $"backend{i:D5}")];
        _equal = [.. Enumerable.Repeat(100, Backends)];
        _mixed = [.. Enumerable.Range(0, Backends).Select(i => i % 10 == 9 ? 100 : 1 + (i % 20))];
    }

    [Benchmark]
    public int EqualWeights() => MaglevBuilder.Build(_names, _equal, TableSize).Length;

    [Benchmark]
    public int MixedWeights() => MaglevBuilder.Build(_names, _mixed, TableSize).Length;
}
