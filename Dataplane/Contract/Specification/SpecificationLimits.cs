using RustyRail.Contract.Region;

namespace RustyRail.Contract.Specification;

/// <summary>How much of each a catalogue may hold: what the region was made for.</summary>
/// <param name="Backends">Of all pools together.</param>
/// <param name="TableEntries">Sum of the pools' table sizes.</param>
public sealed record SpecificationLimits(int Services, int Pools, int Backends, long TableEntries)
{
    /// <summary>Of one pool: the largest power of two below which a table still builds in well under a second.</summary>
    public const int MaxTableSize = 1 << 22;

    public const int MinTableSize = 7;

    // The arena holds what readers still use, the current tables and the next ones; an entry is a ushort.
    private const int GenerationsInArena = 3;

    public static SpecificationLimits Default { get; } = Of(RegionCapacities.Default);

    public static SpecificationLimits Of(RegionCapacities region) =>
        new(region.Services, region.Pools, region.Backends, region.TableArenaBytes / sizeof(ushort) / GenerationsInArena);
}
