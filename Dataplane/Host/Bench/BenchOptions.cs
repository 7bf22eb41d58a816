using System.Numerics;
using RustyRail.Contract.Hashing;
using RustyRail.Contract.Region;
using RustyRail.Contract.Specification;

namespace RustyRail.Dataplane.Host.Bench;

/// <summary>What is measured, on which traffic.</summary>
internal sealed record BenchOptions
{
    public const int MostFlows = 8_000_000, MostRounds = 99;

    private const int EndlessFlows = int.MaxValue;

    private const int FewestCovered = 1 << 16, FewestHeld = 4, ZipfDraws = 1 << 22, LeastWarmUp = 4_000_000;

    public int Flows { get; init; } = 65536;
    public FlowDistribution Distribution { get; init; }
    public long Packets { get; init; } = 2_000_000;
    public int Rounds { get; init; } = 5;
    public int Backends { get; init; } = 100;

    /// <summary>Sent again and again, as one of the flows each time.</summary>
    public BenchFrame Frame { get; init; } = BenchFrame.Gre();

    /// <summary>The frame is a SYN, and but for <see cref="IsFill"/> nearly every packet opens another flow.</summary>
    public bool IsSyn { get; init; }
    public bool IsNicOnly { get; init; }

    /// <summary><see cref="FlowHashKey.Algorithm"/></summary>
    public int Hash { get; init; } = FlowHashKey.MultiplyMix;

    /// <summary>False: no flow is written down and every packet goes by the Maglev table, as of a flood beyond the cap on new flows.</summary>
    public bool HasFlowTable { get; init; } = true;

    /// <summary>Every flow once and no more, in a table of just that capacity.</summary>
    public bool IsFill { get; init; }

    public int DrawnFlows => IsSyn && !IsFill ? EndlessFlows : Flows;

    /// <summary>The stated capacity covers the flows; the table is twice as large. SYNs without end keep one of the default capacity full.</summary>
    public int FlowCapacity => !HasFlowTable ? FewestHeld : IsFill
        ? (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(Flows, FewestHeld))
        : IsSyn ? RegionCapacities.Default.FlowsPerWorker : (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(Flows, FewestCovered));

    public CatalogueSpec Catalogue(Func<int, BackendState> stateOf) => BenchCatalogue.Of(Backends, Frame.IsIpv6 ? BenchCatalogue.VipIpv6 : BenchCatalogue.Vip, stateOf);

    public CatalogueSpec Catalogue() => Catalogue(static _ => BackendState.Active);

    /// <param name="flows">A power of two; of the frame's family.</param>
    public RegionCapacities Capacities(int flows) =>
        Frame.IsIpv6 ? RegionCapacities.Default with { Ipv6FlowsPerWorker = flows } : RegionCapacities.Default with { FlowsPerWorker = flows };

    /// <summary>Until every flow has been there, the table is as full as it will be, and a JIT compiler has seen what is hot.</summary>
    public long WarmUp => IsFill ? 0 : Math.Max(Math.Max(Packets, LeastWarmUp), IsSyn ? 2L * FlowCapacity : 4L * Flows);

    /// <summary>Null: uniform.</summary>
    public uint[]? Draws() => IsFill ? FlowDraws.InTurn(Flows) : Distribution == FlowDistribution.Zipf && !IsSyn ? FlowDraws.Zipf(Flows, ZipfDraws) : null;
}

/// <summary>How packets spread over flows.</summary>
internal enum FlowDistribution { Uniform, Zipf }
