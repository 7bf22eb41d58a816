using System.Collections.Immutable;
using System.Net;
using RustyRail.Contract;
using RustyRail.Contract.Maglev;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;
using static RustyRail.Actors.Protocol.BackendHealthProtocol;
using static RustyRail.Actors.Protocol.TablesProtocol;

namespace RustyRail.Actors.Tables;

/// <summary>Puts tables, states and next hops together into what one generation says. Pure.</summary>
internal static class SnapshotContents
{
    public static SnapshotContent From(TablesBuilt built, ImmutableDictionary<IPAddress, NextHop> nextHops, TablesOptions options)
    {
        Dictionary<IPAddress, NextHopContent?> converted = nextHops.ToDictionary(pair => pair.Key, pair => Convert(pair.Value, options.Source));
        return new(
            built.State.SpecDigest,
            TableDigest.OfAll(built.Tables.Select(pair => (pair.Key, pair.Value.Digest))),
            options.HashKey,
            options.Routers,
            [.. built.State.Spec.Services.Values],
            [.. built.State.Spec.Pools.Values.Select(pool => PoolOf(pool, built.Tables[pool.Id], built.State.Health, converted))]);
    }

    public static ImmutableHashSet<IPAddress> AddressesOf(CatalogueSpec spec) =>
        [.. spec.Pools.Values.SelectMany(pool => pool.Backends.Values).Select(backend => backend.Address)];

    /// <summary>One line per backend that packets cannot be sent to.</summary>
    public static ImmutableArray<string> ProblemsOf(CatalogueSpec spec, ImmutableDictionary<IPAddress, NextHop> nextHops) =>
        [.. from pool in spec.Pools.Values
            from backend in pool.Backends.Values
            let hop = nextHops.GetValueOrDefault(backend.Address)
            where !IsComplete(hop)
            select $"backend {backend.Id} ({backend.Address}): no next hop: {hop?.Problem ?? "not resolved yet"}"];

    public static bool IsComplete(NextHop? hop) => hop is { Problem: null, DestinationMac: not null, SourceMac: not null, Source: not null };

    private static PoolContent PoolOf(PoolSpec pool, TableBuilt table, HealthReport health, Dictionary<IPAddress, NextHopContent?> nextHops)
    {
        HashSet<BackendId> takesNew = [.. table.LiveSet.TakesNew.Select(backend => backend.Backend)];
        HashSet<BackendId> takesEstablished = [.. table.LiveSet.TakesEstablished];
        return new(
            pool.Id,
            table.Entries.Length == 0 ? null : table.Entries,
            [.. pool.Backends.Values.Select(backend => new BackendContent(
                backend.Id,
                backend.Address,
                takesNew.Contains(backend.Id),
                takesEstablished.Contains(backend.Id),
                (byte)(health.Backends.TryGetValue(backend.Id, out HealthState? state) ? state.Health : Health.Unknown),
                nextHops.GetValueOrDefault(backend.Address)))]);
    }

    private static NextHopContent? Convert(NextHop hop, IPAddress? source) => !IsComplete(hop) ? null : new(
        [.. hop.DestinationMac!.GetAddressBytes()],
        [.. hop.SourceMac!.GetAddressBytes()],
        source ?? hop.Source!,
        (ushort)Math.Clamp(hop.MtuBytes, 0, ushort.MaxValue));
}
