using System.Collections.Immutable;
using System.Net;
using RustyRail.Contract.Hashing;
using RustyRail.Contract.Specification;

namespace RustyRail.Contract.Snapshots;

/// <summary>What the next generation shall say, without slots or offsets: those are the publisher's.</summary>
/// <param name="Routers">Where GRE may come from; empty = anywhere.</param>
internal sealed record SnapshotContent(
    string SpecDigest,
    string TableDigest,
    FlowHashKey HashKey,
    ImmutableArray<IPNetwork> Routers,
    ImmutableArray<ServiceSpec> Services,
    ImmutableArray<PoolContent> Pools);

/// <param name="Entries">The Maglev table: indices into those <paramref name="Backends"/> that take new flows, in their order; null = none does.</param>
internal sealed record PoolContent(PoolId Id, ushort[]? Entries, ImmutableArray<BackendContent> Backends);

/// <param name="Health">BackendHealthProtocol.Health as a number.</param>
/// <param name="NextHop">Null: not resolved, packets count as noNextHop.</param>
internal sealed record BackendContent(BackendId Id, IPAddress Address, bool TakesNew, bool TakesEstablished, byte Health, NextHopContent? NextHop);

/// <param name="DestinationMac">6 bytes, likewise <paramref name="SourceMac"/>.</param>
/// <param name="Source">Outer source address.</param>
internal sealed record NextHopContent(ImmutableArray<byte> DestinationMac, ImmutableArray<byte> SourceMac, IPAddress Source, ushort MtuBytes)
{
    /// <summary>The destination MAC is the backend's own, not a gateway's.</summary>
    public bool IsOnLink { get; init; } = true;
}
