using System.Collections.Immutable;
using System.Globalization;
using RustyRail.Contract.Json;

namespace RustyRail.Contract.Specification;

/// <summary>One entry of a catalogue in the words of services.json, for lines that people compare.</summary>
/// <param name="Fields">The same keys for every entry of a kind; null: the key does not apply.</param>
public sealed record DescribedEntry(string Name, ImmutableArray<(string Key, string? Value)> Fields)
{
    /// <summary>The pool's own settings; its backends are entries of their own.</summary>
    public static DescribedEntry Of(PoolSpec pool) => new(
        $"pool {pool.Id}",
        [
            ("tableSize", Text(pool.TableSize)),
            ("health", Health(pool.Health)),
            ("minHealthy", Text(pool.MinHealthy)),
            ("onTooFew", SpecificationWords.OnTooFew.WordOf(pool.OnTooFew)),
        ]);

    public static DescribedEntry Of(BackendSpec backend) => new(
        $"backend {backend.Id}",
        [
            ("address", backend.Address.ToString()),
            ("weight", Text(backend.Weight)),
            ("state", SpecificationWords.States.WordOf(backend.State)),
        ]);

    public static DescribedEntry Of(ServiceSpec service) => new(
        $"service {service.Id}",
        [
            ("vip", AddressText.Format(service.Vip)),
            ("protocol", SpecificationWords.Protocols.WordOf(service.Protocol)),
            ("port", service.Ports.ToString()),
            ("pool", service.Pool.Name),
            ("send", SpecificationWords.SendForms.WordOf(service.Send)),
            ("affinity", SpecificationWords.Affinities.WordOf(service.Affinity)),
            ("vni", service.Overlay is { } network ? Text(network.Vni) : null),
            ("innerDestinationMac", service.Overlay is { } to ? MacText.Format(to.Destination) : null),
            ("innerSourceMac", service.Overlay is { } from ? MacText.Format(from.Source) : null),
            ("mssClamp", service.MssClamp == 0 ? null : Text(service.MssClamp)),
        ]);

    /// <summary><c>+</c> comes, <c>-</c> goes, <c>~</c> changes; null when nothing does.</summary>
    public static string? Difference(DescribedEntry? before, DescribedEntry? after) => (before, after) switch
    {
        (null, null) => null,
        (null, { } added) => $"+ {added.Name}: {All(added)}",
        ({ } removed, null) => $"- {removed.Name}: {All(removed)}",
        ({ } old, { } next) => old.Fields.SequenceEqual(next.Fields) ? null : $"~ {next.Name}: {Changed(old, next)}",
    };

    private static string All(DescribedEntry entry) => string.Join(", ", entry.Fields.Where(field => field.Value is not null).Select(field => $"{field.Key} {field.Value}"));

    private static string Changed(DescribedEntry before, DescribedEntry after) =>
        string.Join(", ", before.Fields.Zip(after.Fields).Where(pair => pair.First != pair.Second).Select(pair => $"{pair.First.Key} {pair.First.Value ?? "none"} -> {pair.Second.Value ?? "none"}"));

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
