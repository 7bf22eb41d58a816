using Akka.Actor.Setup;

namespace RustyRail.Actors.Hosting;

/// <summary>The options for rooms that start later.</summary>
internal sealed class ClusterSetup(ClusterOptions options) : Setup
{
    public ClusterOptions Options { get; } = options;

    public TlsRefusals Refusals { get; } = new(TimeProvider.System);

    /// <summary>Coordinated shutdown was vetoed, and the end has begun without it.</summary>
    public bool EndsByHand { get; set; }

    /// <summary>Set by the door when this system ends for the next one to begin at once.</summary>
    public string? RegroupedBecause { get; set; }
}
