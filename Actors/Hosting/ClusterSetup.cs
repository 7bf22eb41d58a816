using Akka.Actor.Setup;

namespace RustyRail.Actors.Hosting;

/// <summary>The options for rooms that start later.</summary>
internal sealed class ClusterSetup(ClusterOptions options) : Setup
{
    public ClusterOptions Options { get; } = options;

    /// <summary>Set by the door when this system ends for the next one to begin at once.</summary>
    public string? RegroupedBecause { get; set; }
}
