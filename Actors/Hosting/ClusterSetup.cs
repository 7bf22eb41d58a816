using Akka.Actor.Setup;

namespace RustyRail.Actors.Hosting;

/// <summary>The options for rooms that start later.</summary>
internal sealed class ClusterSetup(ClusterOptions options) : Setup
{
    public ClusterOptions Options { get; } = options;
}
