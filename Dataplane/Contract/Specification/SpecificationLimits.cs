namespace RustyRail.Contract.Specification;

/// <summary>How much of each a catalogue may hold: what the region was made for.</summary>
/// <param name="Backends">Of all pools together.</param>
/// <param name="TableEntries">Sum of the pools' table sizes.</param>
public sealed record SpecificationLimits(int Services, int Pools, int Backends, long TableEntries)
{
    /// <summary>Of one pool: the largest power of two below which a table still builds in well under a second.</summary>
    public const int MaxTableSize = 1 << 22;

    public const int MinTableSize = 7;
}
