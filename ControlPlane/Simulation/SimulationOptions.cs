using RustyRail.Contract.Region;
using RustyRail.Contract.Specification;

namespace RustyRail.ControlPlane.Simulation;

/// <summary>The cluster on paper: one pool, equal weights.</summary>
internal sealed record SimulationOptions
{
    public int Balancers { get; init; } = 1000;
    public int Backends { get; init; } = 10_000;
    public long Flows { get; init; } = 100_000_000;

    /// <summary>Prime; 0 chooses: the product's default, or the next prime above 100 entries per backend where that is more.</summary>
    public int TableSize { get; init; }

    /// <summary>Buckets of a resilient router.</summary>
    public int Buckets { get; init; } = 65536;

    public long FlowTableEntries { get; init; } = RegionCapacities.Default.FlowsPerWorker;
    public long ExceptionEntries { get; init; } = RegionCapacities.Default.Exceptions;

    /// <summary>The same seed gives the same flows, victims and results.</summary>
    public int Seed { get; init; } = 1;

    public int Threads { get; init; } = Environment.ProcessorCount;

    public int ChosenTableSize => TableSize > 0 ? TableSize : SizeFor(Backends);

    private static int SizeFor(int backends) =>
        100L * backends <= PoolSpec.DefaultTableSize
            ? PoolSpec.DefaultTableSize
            : Primes.NextAfter((int)Math.Min(100L * backends, SpecificationLimits.MaxTableSize / 2));
}
