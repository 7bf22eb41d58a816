using System.Collections.Immutable;
using RustyRail.Contract.Specification;

namespace RustyRail.ControlPlane.Commands;

/// <summary>What an apply would change, one line per entry: <c>+</c> comes, <c>-</c> goes, <c>~</c> changes.</summary>
internal static class CatalogueDifference
{
    public static ImmutableArray<string> Between(CatalogueSpec now, CatalogueSpec wanted)
    {
        SortedDictionary<string, DescribedEntry> before = Entries(now);
        SortedDictionary<string, DescribedEntry> after = Entries(wanted);
        return
        [
            .. before.Keys.Union(after.Keys).Order(StringComparer.Ordinal)
                .Select(entry => DescribedEntry.Difference(before.GetValueOrDefault(entry), after.GetValueOrDefault(entry)))
                .OfType<string>(),
        ];
    }

    private static SortedDictionary<string, DescribedEntry> Entries(CatalogueSpec spec)
    {
        var entries = new SortedDictionary<string, DescribedEntry>(StringComparer.Ordinal);
        foreach (PoolSpec pool in spec.Pools.Values)
        {
            Add(DescribedEntry.Of(pool));
            foreach (BackendSpec backend in pool.Backends.Values) Add(DescribedEntry.Of(backend));
        }

        foreach (ServiceSpec service in spec.Services.Values) Add(DescribedEntry.Of(service));
        return entries;

        void Add(DescribedEntry entry) => entries.Add(entry.Name, entry);
    }
}
