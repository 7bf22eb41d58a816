using RustyRail.Actors.Catalogue.Durable;
using RustyRail.Contract.Specification;

namespace RustyRail.Actors.Catalogue;

/// <summary>How this node keeps the catalogue.</summary>
public sealed record CatalogueOptions
{
    /// <summary>This node's name; breaks ties between concurrent edits, so unique in the cluster.</summary>
    public required string Node { get; init; }

    /// <summary>Where it is kept, opened before any actor starts and closed by its opener; null keeps it in memory only.</summary>
    public CatalogueStore? Store { get; init; }

    /// <summary>
    /// Fills a catalogue that is empty at start; otherwise the catalogue wins and this is not used. Not for a node that joins others: before it has
    /// heard of theirs, its own is empty.
    /// </summary>
    public CatalogueSpec? Initial { get; init; }

    /// <summary>What the region was made for. More is refused when it is asked for.</summary>
    public required SpecificationLimits Limits { get; init; }

    /// <summary>Says when a change was made, for people. Which of two edits is the later one is a matter of their counters, never of clocks.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>How long an edit waits for the other nodes. Afterwards it is accepted all the same, and gossip brings it to them.</summary>
    public TimeSpan ReplicationTimeout { get; init; } = TimeSpan.FromMilliseconds(500);
}
