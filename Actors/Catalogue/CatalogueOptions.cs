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

    /// <summary>Fills a catalogue that is empty at start, also after <see cref="CatchUp"/>; otherwise the catalogue wins and this is not used.</summary>
    public CatalogueSpec? Initial { get; init; }

    /// <summary>What a node does that begins with an empty catalogue.</summary>
    public CatchUp CatchUp { get; init; }

    /// <summary>What the region was made for. More is refused when it is asked for.</summary>
    public required SpecificationLimits Limits { get; init; }

    /// <summary>Says when a change was made, for people. Which of two edits is the later one is a matter of their counters, never of clocks.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>How long an edit waits for the other nodes. Afterwards it is accepted all the same, and gossip brings it to them.</summary>
    public TimeSpan ReplicationTimeout { get; init; } = TimeSpan.FromMilliseconds(500);
}

/// <summary>Where a node with an empty catalogue takes one from, before the pipeline sees any.</summary>
public enum CatchUp
{
    /// <summary>Nowhere: it is the first.</summary>
    None,

    /// <summary>The other nodes, if there are any.</summary>
    FromOthers,

    /// <summary>The other nodes, for which it waits as long as it takes: its own catalogue is lost, not empty.</summary>
    FromOthersOnly,
}
