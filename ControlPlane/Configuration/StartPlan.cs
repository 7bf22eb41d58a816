using System.Collections.Immutable;
using RustyRail.Contract.Specification;

namespace RustyRail.ControlPlane.Configuration;

/// <summary>What a start will do, read and validated whole.</summary>
internal sealed record StartPlan
{
    public required NodeOptions Node { get; init; }
    public required StateDirectory State { get; init; }
    public required DataDirectory Data { get; init; }

    /// <summary>From <c>--services</c>: fills the durable catalogue only while that is empty.</summary>
    public CatalogueSpec? FirstCatalogue { get; init; }

    /// <summary>From <c>RR_TARGET_IPS</c>: a catalogue that is never stored.</summary>
    public TargetCatalogue? Targets { get; init; }

    public bool Attach { get; init; }

    /// <summary>Oddities worth a line in the log at start.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];
}
