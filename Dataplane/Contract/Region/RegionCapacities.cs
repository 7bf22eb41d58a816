namespace RustyRail.Contract.Region;

/// <summary>
/// How much a region holds; fixed when it is made. Exceeding one is an error when the catalogue is changed, never a truncation.
/// </summary>
public sealed record RegionCapacities
{
    public static RegionCapacities Default { get; } = new();

    public int Services { get; init; } = 1024;
    public int Pools { get; init; } = 1024;

    /// <summary>At most 16,384: a flow entry has 14 bits for its backend.</summary>
    public int Backends { get; init; } = 16384;

    public const int MaxWorkers = 64;

    /// <summary>Packet workers, 1 to <see cref="MaxWorkers"/>.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>IPv4 flows per worker, a power of two; 32 bytes each (tables are half full at that number).</summary>
    public int FlowsPerWorker { get; init; } = 1 << 20;

    /// <summary>IPv6 flows per worker, a power of two; 128 bytes each (tables are a third full at that number).</summary>
    public int Ipv6FlowsPerWorker { get; init; } = 1 << 17;

    /// <summary>Exceptions that all workers share, a power of two; 32 bytes each.</summary>
    public int Exceptions { get; init; } = 1 << 18;

    /// <summary>Sampled packets kept per worker, a power of two.</summary>
    public int SamplesPerWorker { get; init; } = 1024;

    /// <summary>Router prefixes of the source check.</summary>
    public int Routers { get; init; } = 64;

    /// <summary>Bytes for Maglev tables, old and new generations together. Address space only: memory is taken as tables are written.</summary>
    public long TableArenaBytes { get; init; } = 512L << 20;

    /// <summary>The first number that cannot be and its limits, or null. Flow keys, pool records and flow entries have 16, 16 and 14 bits for them.</summary>
    public string? Problem() =>
        Outside("services", Services, 1, 1 << 16)
        ?? Outside("pools", Pools, 1, 1 << 16)
        ?? Outside("backends", Backends, 1, 1 << 14)
        ?? Outside("workers", Workers, 1, MaxWorkers)
        ?? Outside("routers", Routers, 0, 1 << 16)
        ?? NotPowerOfTwo("flowsPerWorker", FlowsPerWorker, 4, 1 << 28)
        ?? NotPowerOfTwo("ipv6FlowsPerWorker", Ipv6FlowsPerWorker, 4, 1 << 26)
        ?? NotPowerOfTwo("exceptions", Exceptions, 4, 1 << 28)
        ?? NotPowerOfTwo("samplesPerWorker", SamplesPerWorker, 1, 1 << 20)
        ?? Outside("tableArenaBytes", TableArenaBytes, 4096, 1L << 40);

    private static string? Outside(string name, long value, long least, long most) =>
        value >= least && value <= most ? null : $"{name} {value}: must be {least} to {most}";

    private static string? NotPowerOfTwo(string name, int value, int least, int most) =>
        Outside(name, value, least, most) ?? ((value & (value - 1)) == 0 ? null : $"{name} {value}: must be a power of two");
}
