using System.Collections.Immutable;
using System.Globalization;
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
        Dictionary<IPAddress, NextHopContent?> converted = nextHops.ToDictionary(pair => pair.Key, pair => Convert(pair.Value, options.Sources));
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

    /// <summary>One line per backend that packets cannot be sent to, and one per service that does not reach all of its backends in its way.</summary>
    public static ImmutableArray<string> ProblemsOf(CatalogueSpec spec, ImmutableDictionary<IPAddress, NextHop> nextHops) =>
        [.. WithoutNextHop(spec, nextHops), .. BehindGateways(spec, nextHops).Select(service => service.Problem)];

    /// <summary>Send l2 goes to a backend's own MAC address, and behind a gateway nobody on the link has it.</summary>
    public static IEnumerable<(ServiceId Service, string Problem)> BehindGateways(CatalogueSpec spec, ImmutableDictionary<IPAddress, NextHop> nextHops)
    {
        foreach (ServiceSpec service in spec.Services.Values.Where(service => service.Send == SendForm.L2))
        {
            BackendSpec[] behind = [.. spec.Pools[service.Pool].Backends.Values.Where(backend => nextHops.GetValueOrDefault(backend.Address)?.Gateway is not null)];
            if (behind.Length == 0) continue;
            string more = behind.Length == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" (and {behind.Length - 1} more)");
            BackendSpec first = behind[0];
            yield return (service.Id, $"service {service.Id}: send l2 does not reach backend {first.Id} ({first.Address}), which is behind gateway {nextHops[first.Address].Gateway}{more}");
        }
    }

    private static IEnumerable<string> WithoutNextHop(CatalogueSpec spec, ImmutableDictionary<IPAddress, NextHop> nextHops) =>
        from pool in spec.Pools.Values
        from backend in pool.Backends.Values
        let hop = nextHops.GetValueOrDefault(backend.Address)
        where !IsComplete(hop)
        select $"backend {backend.Id} ({backend.Address}): no next hop: {hop?.Problem ?? "not resolved yet"}";

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

    private static NextHopContent? Convert(NextHop hop, ImmutableArray<IPAddress> sources) => !IsComplete(hop) ? null : new(
        [.. hop.DestinationMac!.GetAddressBytes()],
        [.. hop.SourceMac!.GetAddressBytes()],
        sources.FirstOrDefault(source => source.AddressFamily == hop.Destination.AddressFamily) ?? hop.Source!,
        (ushort)Math.Clamp(hop.MtuBytes, 0, ushort.MaxValue))
    {
        IsOnLink = hop.Gateway is null,
    };
}
