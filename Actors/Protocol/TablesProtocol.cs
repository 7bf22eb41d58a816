using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using static RustyRail.Actors.Protocol.BackendHealthProtocol;

namespace RustyRail.Actors.Protocol;

/// <summary>From live sets to a published generation.</summary>
public static class TablesProtocol
{
    /// <summary>Sender gets the current <see cref="PoolsChanged"/> at once, if there is one, and every later one.</summary>
    public sealed record SubscribeToPools;

    /// <summary>Catalogue and health put together: what the tables must say. Sent after each change, coalesced.</summary>
    /// <param name="Health">With its FirstRoundDone: before that the node is not ready.</param>
    public sealed record PoolsChanged(CatalogueSpec Spec, string SpecDigest, ImmutableSortedDictionary<PoolId, PoolLiveSet> Pools, HealthReport Health);

    /// <summary>Who of a pool gets new flows (a slot in the table) and who keeps established ones.</summary>
    /// <param name="TakesNew">Name and weight, sorted by name: the input of the Maglev table.</param>
    /// <param name="TakesEstablished">Backends whose flows stay: those of <paramref name="TakesNew"/> and the healthy draining ones.</param>
    public sealed record PoolLiveSet(PoolId Pool, int TableSize, ImmutableArray<WeightedBackend> TakesNew, ImmutableArray<BackendId> TakesEstablished);

    public readonly record struct WeightedBackend(BackendId Backend, int Weight);

    /// <summary>A finished table: entry i is an index into <paramref name="LiveSet"/>.TakesNew. Never changed afterwards.</summary>
    public sealed record TableBuilt(PoolLiveSet LiveSet, ushort[] Entries, string Digest);

    /// <summary>Sender gets the current <see cref="TablesBuilt"/> at once, if there is one, and every later one.</summary>
    public sealed record SubscribeToTables;

    /// <summary>A state with the table of each of its pools: what a generation is made of.</summary>
    public sealed record TablesBuilt(PoolsChanged State, ImmutableSortedDictionary<PoolId, TableBuilt> Tables);

    /// <summary>Where packets for an address leave: the kernel's route and neighbour, or why there is none.</summary>
    public sealed record NextHop(IPAddress Destination, PhysicalAddress? DestinationMac, PhysicalAddress? SourceMac, IPAddress? Source, int MtuBytes, string? Problem)
    {
        /// <summary>Whose MAC address that is, when it is not the destination's own: send l2 would not reach it.</summary>
        public IPAddress? Gateway { get; init; }
    }

    /// <summary>Which addresses the publisher needs next hops for; to the next-hop actor.</summary>
    public sealed record ResolveNextHops(ImmutableHashSet<IPAddress> Addresses);

    /// <summary>The kernel's answers, after each change of routes, neighbours or links.</summary>
    public sealed record NextHopsChanged(ImmutableDictionary<IPAddress, NextHop> ByAddress);

    /// <summary>Sender gets the current <see cref="Published"/> at once, if there is one, and every later one.</summary>
    public sealed record SubscribeToPublications;

    /// <summary>The region's current generation is this one; workers adopt it with their next batch.</summary>
    public sealed record Published(long Generation);

    /// <summary>Asks for one <see cref="TablesReport"/>.</summary>
    public sealed record GetTables;

    /// <summary>What the dataplane has been told.</summary>
    /// <param name="Generation">Of the region; 0 before the first publication.</param>
    /// <param name="TableDigest">Equal on nodes whose live sets agree.</param>
    /// <param name="Pending">A newer state waits for a free snapshot slot or for next hops.</param>
    /// <param name="Ready">This process has published, and every backend of what it published had been judged (the first round is done).</param>
    /// <param name="Problems">One line each, naming the backend or the file.</param>
    public sealed record TablesReport(long Generation, string SpecDigest, string TableDigest, bool Pending, bool Ready, ImmutableArray<string> Problems);
}
