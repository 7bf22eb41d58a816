using System.Collections.Immutable;
using System.Net;

namespace RustyRail.Contract.Specification;

/// <summary>The whole catalogue as an operator writes it in services.json. Immutable; names are unique and sorted ordinally.</summary>
public sealed record CatalogueSpec(ImmutableSortedDictionary<PoolId, PoolSpec> Pools, ImmutableSortedDictionary<ServiceId, ServiceSpec> Services)
{
    public static CatalogueSpec Empty { get; } = new(ImmutableSortedDictionary<PoolId, PoolSpec>.Empty, ImmutableSortedDictionary<ServiceId, ServiceSpec>.Empty);
}

/// <summary>A set of interchangeable backends with one Maglev table. <paramref name="TableSize"/> is prime and fixed for the pool's life.</summary>
public sealed record PoolSpec(
    PoolId Id,
    int TableSize,
    HealthSpec Health,
    int MinHealthy,
    OnTooFew OnTooFew,
    ImmutableSortedDictionary<BackendId, BackendSpec> Backends)
{
    public const int DefaultTableSize = 65537;
    public const int DefaultMinHealthy = 1;
}

/// <summary>One server. <paramref name="Weight"/> 1-65535; its share of new flows is weight / sum of the pool's weights.</summary>
public sealed record BackendSpec(BackendId Id, IPAddress Address, int Weight, BackendState State)
{
    public const int DefaultWeight = 100;
    public const int MaxWeight = 65535;
}

/// <summary>How a pool's backends are probed. Times as in the file; see <see cref="HealthSpec.None"/> for a pool without checks.</summary>
public sealed record HealthSpec(
    HealthCheckType Type,
    int Port,
    string Path,
    ProbePath Via,
    TimeSpan Interval,
    TimeSpan Timeout,
    int Rise,
    int Fall)
{
    public static HealthSpec None { get; } = new(HealthCheckType.None, 0, "", ProbePath.Direct, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), 2, 3);
}

/// <summary>What clients connect to: a VIP or VIP prefix, a protocol, a port, a port range or any port.</summary>
public sealed record ServiceSpec(
    ServiceId Id,
    IPNetwork Vip,
    Protocol Protocol,
    PortRange Ports,
    PoolId Pool,
    SendForm Send,
    Affinity Affinity)
{
    /// <summary>Null unless <see cref="Send"/> is VXLAN or Geneve.</summary>
    public OverlaySpec? Overlay { get; init; }

    /// <summary>What every IPv4 host takes (RFC 9293 section 3.7.1), and what the largest IPv4 packet has room for.</summary>
    public const int MinMssClamp = 536, MaxMssClamp = 65495;

    /// <summary>Most that a SYN's MSS option may say, in bytes; 0: as the client says.</summary>
    public int MssClamp { get; init; }
}

/// <summary>The virtual network that a service's packets are sent into.</summary>
/// <param name="Destination">Inner MAC address of the backends' tunnel devices, the first byte in bits 40-47; likewise <paramref name="Source"/>.</param>
public sealed record OverlaySpec(int Vni, long Destination, long Source)
{
    public const int MaxVni = 0xFF_FFFF;

    /// <summary>02:00:00:00:00:01: locally administered; a receiver does not look at it.</summary>
    public const long DefaultSource = 0x0200_0000_0001;
}

/// <summary>Inclusive. <see cref="Any"/> also matches protocols and fragments that have no ports.</summary>
public readonly record struct PortRange(ushort From, ushort To)
{
    public static PortRange Any { get; } = new(0, ushort.MaxValue);
    public bool IsAny => this == Any;
    public bool IsSingle => From == To;
    public override string ToString() => IsAny ? "any" : IsSingle ? $"{From}" : $"{From}-{To}";
}
