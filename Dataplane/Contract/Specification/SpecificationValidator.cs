namespace RustyRail.Contract.Specification;

/// <summary>
/// The rules of a catalogue. Files (through <see cref="SpecificationParser"/>, which adds the lines) and run-time edits are held to the same ones.
/// </summary>
public static class SpecificationValidator
{
    /// <summary>All that is wrong, one line each; empty when the catalogue may be published.</summary>
    public static IReadOnlyList<string> Validate(CatalogueSpec spec, SpecificationLimits limits) => [.. Check(spec, limits).Select(fault => fault.ToString())];

    /// <summary>What works and is probably not meant, one line each.</summary>
    public static IReadOnlyList<string> Warnings(CatalogueSpec spec) => [.. Doubts(spec).Select(fault => fault.ToString())];

    internal static IEnumerable<SpecificationFault> Check(CatalogueSpec spec, SpecificationLimits limits) =>
    [
        .. spec.Pools.Values.SelectMany(PoolRules.Check),
        .. spec.Services.Values.SelectMany(service => ServiceRules.Check(service, spec)),
        .. ServiceRules.CheckOverlaps(spec),
        .. Capacities(spec, limits),
    ];

    internal static IEnumerable<SpecificationFault> Doubts(CatalogueSpec spec)
    {
        foreach (PoolSpec pool in spec.Pools.Values.Where(pool => !pool.Backends.IsEmpty))
        {
            // Below this a backend's share strays from its weight by more than about a percent of the table (Maglev, section 3.4).
            long smallest = Math.Max(1, pool.Backends.Values.Min(backend => backend.Weight));
            long wanted = 100 * pool.Backends.Values.Sum(backend => (long)backend.Weight) / smallest;
            if (pool.TableSize >= wanted) continue;
            yield return new(SpecificationPlace.Of(pool.Id, "tableSize"), $"tableSize {pool.TableSize} is small for these weights: shares are even from {wanted} on");
        }
    }

    private static IEnumerable<SpecificationFault> Capacities(CatalogueSpec spec, SpecificationLimits limits)
    {
        if (Excess("services", spec.Services.Count, limits.Services) is { } services) yield return services;
        if (Excess("pools", spec.Pools.Count, limits.Pools) is { } pools) yield return pools;
        if (Excess("backends", spec.Pools.Values.Sum(pool => pool.Backends.Count), limits.Backends) is { } backends) yield return backends;
        if (Excess("table entries (the sum of all tableSize)", spec.Pools.Values.Sum(pool => (long)pool.TableSize), limits.TableEntries) is { } entries) yield return entries;
    }

    private static SpecificationFault? Excess(string what, long wanted, long capacity) =>
        wanted <= capacity ? null : new SpecificationFault(SpecificationPlace.Catalogue(""), $"{wanted} {what} exceed the capacity of {capacity}");
}
