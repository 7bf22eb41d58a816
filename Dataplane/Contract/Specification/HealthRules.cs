using RustyRail.Contract.Json;

namespace RustyRail.Contract.Specification;

/// <summary>What must hold for a pool's health check.</summary>
internal static class HealthRules
{
    public const int MaxCount = 100;
    public const int MaxPathLength = 1024;

    public static readonly TimeSpan MinInterval = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan MaxInterval = TimeSpan.FromHours(1);
    public static readonly TimeSpan MinTimeout = TimeSpan.FromMilliseconds(10);

    public static bool UsesPort(HealthCheckType type) => type is not (HealthCheckType.None or HealthCheckType.Icmp or HealthCheckType.Exec);

    public static bool UsesPath(HealthCheckType type) => type is HealthCheckType.Http or HealthCheckType.Https;

    public static IEnumerable<SpecificationFault> Check(PoolSpec pool)
    {
        HealthSpec health = pool.Health;
        return Problems(health).Select(problem => new SpecificationFault(SpecificationPlace.Of(pool.Id, "health." + problem.Key), problem.Message));
    }

    private static IEnumerable<(string Key, string Message)> Problems(HealthSpec health)
    {
        if (BuiltFeatures.Refusal("health type", health.Type, BuiltFeatures.Checks, SpecificationWords.Checks) is { } type) yield return ("type", type);
        if (BuiltFeatures.Refusal("via", health.Via, BuiltFeatures.ProbePaths, SpecificationWords.ProbePaths) is { } via) yield return ("via", via);
        if (UsesPort(health.Type) && health.Port is < 1 or > ushort.MaxValue)
            yield return ("port", $"\"port\" of the health check must be from 1 to 65535, not {health.Port}");
        if (UsesPath(health.Type) && !IsPath(health.Path))
            yield return ("path", "\"path\" of the health check must begin with \"/\" and be printable ASCII without spaces");
        if (health.Interval < MinInterval || health.Interval > MaxInterval || !IsWhole(health.Interval))
            yield return ("interval", $"\"interval\" must be from {DurationText.Format(MinInterval)} to {DurationText.Format(MaxInterval)}, not {DurationText.Format(health.Interval)}");
        // A probe ends before the next one starts, so that they are judged in order.
        if (health.Timeout < MinTimeout || !IsWhole(health.Timeout))
            yield return ("timeout", $"\"timeout\" must be at least {DurationText.Format(MinTimeout)}, not {DurationText.Format(health.Timeout)}");
        else if (health.Timeout > health.Interval)
            yield return ("timeout", $"timeout {DurationText.Format(health.Timeout)} is longer than the interval, {DurationText.Format(health.Interval)}");
        if (health.Rise is < 1 or > MaxCount) yield return ("rise", $"\"rise\" must be from 1 to {MaxCount}, not {health.Rise}");
        if (health.Fall is < 1 or > MaxCount) yield return ("fall", $"\"fall\" must be from 1 to {MaxCount}, not {health.Fall}");
    }

    private static bool IsWhole(TimeSpan duration) => duration.Ticks % TimeSpan.TicksPerMillisecond == 0;

    private static bool IsPath(string path) => path.Length is > 0 and <= MaxPathLength && path[0] == '/' && path.All(c => c is > ' ' and < (char)127);
}
