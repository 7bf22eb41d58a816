using System.Collections.Immutable;

namespace RustyRail.Contract.Specification;

/// <summary>Every key that services.json may hold. docs/services.schema.json has the same ones (a test compares).</summary>
public static class SpecificationKeys
{
    /// <summary><c>$schema</c> is for editors and means nothing here.</summary>
    public static ImmutableArray<string> Root { get; } = ["$schema", "pools", "services"];

    public static ImmutableArray<string> Pool { get; } = ["tableSize", "health", "minHealthy", "onTooFew", "backends"];

    public static ImmutableArray<string> Health { get; } = ["type", "port", "path", "via", "interval", "timeout", "rise", "fall"];

    public static ImmutableArray<string> Backend { get; } = ["name", "address", "weight", "state"];

    public static ImmutableArray<string> Service { get; } = ["name", "vip", "protocol", "port", "pool", "send", "affinity", "vni", "innerDestinationMac", "innerSourceMac", "mssClamp"];
}
