using System.Collections.Immutable;
using System.Globalization;
using RustyRail.Contract.Json;
using RustyRail.Contract.Specification;

namespace RustyRail.ControlPlane.Commands;

/// <summary>What an apply would change, one line per entry: <c>+</c> comes, <c>-</c> goes, <c>~</c> changes.</summary>
internal static class CatalogueDifference
{
    public static ImmutableArray<string> Between(CatalogueSpec now, CatalogueSpec wanted)
    {
        SortedDictionary<string, (string Key, string Value)[]> before = Entries(now);
        SortedDictionary<string, (string Key, string Value)[]> after = Entries(wanted);
        var lines = ImmutableArray.CreateBuilder<string>();
        foreach (string entry in before.Keys.Union(after.Keys).Order(StringComparer.Ordinal))
        {
            if (!before.TryGetValue(entry, out (string Key, string Value)[]? old)) lines.Add($"+ {entry}: {All(after[entry])}");
            else if (!after.TryGetValue(entry, out (string Key, string Value)[]? next)) lines.Add($"- {entry}: {All(old)}");
            else if (!old.SequenceEqual(next)) lines.Add($"~ {entry}: {Changed(old, next)}");
        }

        return lines.ToImmutable();
    }

    private static string All(IEnumerable<(string Key, string Value)> fields) => string.Join(", ", fields.Select(field => $"{field.Key} {field.Value}"));

    private static string Changed(IEnumerable<(string Key, string Value)> before, IEnumerable<(string Key, string Value)> after) =>
        string.Join(", ", before.Zip(after).Where(pair => pair.First != pair.Second).Select(pair => $"{pair.First.Key} {pair.First.Value} -> {pair.Second.Value}"));

    private static SortedDictionary<string, (string Key, string Value)[]> Entries(CatalogueSpec spec)
    {
        var entries = new SortedDictionary<string, (string Key, string Value)[]>(StringComparer.Ordinal);
        foreach (PoolSpec pool in spec.Pools.Values)
        {
            entries.Add($"pool {pool.Id}",
            [
                ("tableSize", Text(pool.TableSize)),
                ("health", Health(pool.Health)),
                ("minHealthy", Text(pool.MinHealthy)),
                ("onTooFew", SpecificationWords.OnTooFew.WordOf(pool.OnTooFew)),
            ]);
            foreach (BackendSpec backend in pool.Backends.Values)
            {
                entries.Add($"backend {backend.Id}",
                [
                    ("address", backend.Address.ToString()),
                    ("weight", Text(backend.Weight)),
                    ("state", SpecificationWords.States.WordOf(backend.State)),
                ]);
            }
        }

        foreach (ServiceSpec service in spec.Services.Values)
        {
            entries.Add($"service {service.Id}",
            [
                ("vip", AddressText.Format(service.Vip)),
                ("protocol", SpecificationWords.Protocols.WordOf(service.Protocol)),
                ("port", service.Ports.ToString()),
                ("pool", service.Pool.Name),
                ("send", SpecificationWords.SendForms.WordOf(service.Send)),
                ("affinity", SpecificationWords.Affinities.WordOf(service.Affinity)),
            ]);
        }

        return entries;
    }

    private static string Health(HealthSpec health)
    {
        string type = SpecificationWords.Checks.WordOf(health.Type);
        if (health.Type == HealthCheckType.None) return type;
        string port = health.Port > 0 ? $" port {Text(health.Port)}" : "";
        string path = health.Path.Length > 0 ? $" path {health.Path}" : "";
        return $"{type}{port}{path} every {DurationText.Format(health.Interval)} within {DurationText.Format(health.Timeout)}, rise {Text(health.Rise)}, fall {Text(health.Fall)}";
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
