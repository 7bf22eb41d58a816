using RustyRail.Contract.Json;

namespace RustyRail.Contract.Specification;

/// <summary>A pool's <c>health</c>. Keys that its type does not use are errors: they would promise something.</summary>
internal static class HealthBinder
{
    public static HealthSpec Bind(ObjectBinder pool, PoolId id, LineBook lines)
    {
        if (pool.Section("health", SpecificationKeys.Health) is not { } health) return HealthSpec.None;
        foreach (string key in SpecificationKeys.Health.Where(health.Has)) lines.Note(SpecificationPlace.Of(id, "health." + key), health.LineOf(key));
        HealthSpec none = HealthSpec.None;
        HealthCheckType? type = health.Require("type") ? health.Word("type", SpecificationWords.Checks) : null;
        string? path = health.Text("path");
        HealthSpec bound = new(
            type ?? HealthCheckType.None,
            type is { } usesPort && HealthRules.UsesPort(usesPort) ? health.Number("port", 1) : 0,
            path ?? (type is { } known && HealthRules.UsesPath(known) ? "/" : ""),
            health.Word("via", SpecificationWords.ProbePaths) ?? ProbePath.Direct,
            health.Duration("interval", none.Interval),
            health.Duration("timeout", none.Timeout),
            health.Number("rise", none.Rise),
            health.Number("fall", none.Fall));
        bool isWhole = type is { } named && !RefuseUnused(health, named) && (!HealthRules.UsesPort(named) || health.Require("port"));
        return isWhole && type != HealthCheckType.None ? bound : none;
    }

    private static bool RefuseUnused(ObjectBinder health, HealthCheckType type)
    {
        bool refused = false;
        foreach (string key in SpecificationKeys.Health.Where(key => health.Has(key) && !Uses(type, key)))
        {
            health.Refuse(key, $"\"{key}\" has no meaning for health type \"{SpecificationWords.Checks.WordOf(type)}\"");
            refused = true;
        }

        return refused;
    }

    private static bool Uses(HealthCheckType type, string key) => key switch
    {
        "type" => true,
        "port" => HealthRules.UsesPort(type),
        "path" => HealthRules.UsesPath(type),
        _ => type != HealthCheckType.None,
    };
}
