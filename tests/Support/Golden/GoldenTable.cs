using System.Collections.Immutable;

namespace RustyRail.Tests.Support.Golden;

/// <summary>All cases, by name. Whoever runs them holds every one to its expectation.</summary>
internal static class GoldenTable
{
    private static readonly Lazy<ImmutableSortedDictionary<string, GoldenCase>> _byName =
        new(() => All.ToImmutableSortedDictionary(one => one.Name, one => one, StringComparer.Ordinal));

    public static ImmutableArray<GoldenCase> All { get; } =
    [
        .. GoldenForms.Cases, .. GoldenGre.Cases, .. GoldenVlan.Cases, .. GoldenIpv4Options.Cases,
        .. GoldenExtensions.Cases, .. GoldenFragments.Cases, .. GoldenFragments6.Cases,
        .. GoldenCompany.Cases, .. GoldenIcmpErrors.Cases, .. GoldenIcmpErrors6.Cases, .. GoldenEcho.Cases,
        .. GoldenTooBig.Cases, .. GoldenMss.Cases, .. GoldenTtl.Cases, .. GoldenEcn.Cases,
        .. GoldenPadding.Cases, .. GoldenLengths.Cases, .. GoldenChecksums.Cases, .. GoldenServices.Cases,
        .. GoldenSources.Cases, .. GoldenStations.Cases, .. GoldenOddities.Cases,
        .. GoldenCatchAll.Cases,
    ];

    public static IEnumerable<string> Names => _byName.Value.Keys;

    public static IEnumerable<GoldenCatalogue> Catalogues => All.Select(one => one.Catalogue).Distinct();

    public static GoldenCase Named(string name) => _byName.Value[name];

    public static ImmutableArray<GoldenCase> Of(GoldenCatalogue catalogue) => [.. All.Where(one => one.Catalogue == catalogue)];
}
