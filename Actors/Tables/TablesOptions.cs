using System.Collections.Immutable;
using System.Net;
using RustyRail.Contract.Hashing;

namespace RustyRail.Actors.Tables;

/// <param name="HashKey">The cluster's.</param>
/// <param name="Routers">Where GRE may come from; empty = anywhere.</param>
internal sealed record TablesOptions(FlowHashKey HashKey, ImmutableArray<IPNetwork> Routers)
{
    /// <summary>Outer source addresses, one of a family at most. For backends of the other family: what the kernel would write.</summary>
    public ImmutableArray<IPAddress> Sources { get; init; } = [];

    /// <summary>Builds side by side. One core is left to everybody else.</summary>
    public int ParallelBuilds { get; init; } = Math.Max(1, Environment.ProcessorCount - 1);

    /// <summary>How soon to look again when no snapshot slot is free.</summary>
    public TimeSpan SlotRetry { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How soon to try again when the content did not fit: slots of removed backends become free as flow tables are swept.</summary>
    public TimeSpan CapacityRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A new address may take this long to get a next hop before it is published without one. Part of the 120 ms from fault to table.</summary>
    public TimeSpan NextHopPatience { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Likewise for the first publication of a process: the dataplane forwards by what it has meanwhile.</summary>
    public TimeSpan FirstNextHopPatience { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long the first publication waits for any answer at all: reading the kernel's tables takes a second for 16,384 backends.</summary>
    public TimeSpan FirstAnswerPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Subscriptions are renewed: whatever restarted upstream has forgotten them.</summary>
    public TimeSpan Resubscribe { get; init; } = TimeSpan.FromSeconds(1);
}
