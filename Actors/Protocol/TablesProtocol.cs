using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using RustyRail.Contract;
using RustyRail.Contract.Specification;

namespace RustyRail.Actors.Protocol;

/// <summary>From live sets to a published generation.</summary>
public static class TablesProtocol
{
    /// <summary>Catalogue and health put together: what the tables must say. Sent after each change, coalesced.</summary>
    public sealed record PoolsChanged(CatalogueSpec Spec, string SpecDigest, ImmutableSortedDictionary<PoolId, PoolLiveSet> Pools);

    /// <summary>Who of a pool gets new flows (a slot in the table) and who keeps established ones.</summary>
    /// <param name="TakesNew">Name and weight, sorted by name: the input of the Maglev table.</param>
    /// <param name="TakesEstablished">Backends whose flows stay: those of <paramref name="TakesNew"/> and the healthy draining ones.</param>
    public sealed record PoolLiveSet(PoolId Pool, int TableSize, ImmutableArray<WeightedBackend> TakesNew, ImmutableArray<BackendId> TakesEstablished);

    public readonly record struct WeightedBackend(BackendId Backend, int Weight);

    /// <summary>A finished table: entry i is an index into <paramref name="LiveSet"/>.TakesNew. Never changed afterwards.</summary>
    public sealed record TableBuilt(PoolLiveSet LiveSet, ushort[] Entries, string Digest);

    /// <summary>Where packets for an address leave: the kernel's route and neighbour, or why there is none.</summary>
    public sealed record NextHop(IPAddress Destination, PhysicalAddress? DestinationMac, PhysicalAddress? SourceMac, IPAddress? Source, int MtuBytes, string? Problem);

    /// <summary>Which addresses the publisher needs next hops for; to the next-hop actor.</summary>
    public sealed record ResolveNextHops(ImmutableHashSet<IPAddress> Addresses);

    /// <summary>The kernel's answers, after each change of routes, neighbours or links.</summary>
    public sealed record NextHopsChanged(ImmutableDictionary<IPAddress, NextHop> ByAddress);

    /// <summary>Asks for one <see cref="TablesReport"/>.</summary>
    public sealed record GetTables;

    /// <summary>What the dataplane has been told.</summary>
    /// <param name="Generation">Of the region; 0 before the first publication.</param>
    /// <param name="TableDigest">Equal on nodes whose live sets agree.</param>
    /// <param name="Pending">A newer state waits for a free snapshot slot.</param>
    public sealed record TablesReport(long Generation, string SpecDigest, string TableDigest, bool Pending, ImmutableArray<string> Problems);
}
