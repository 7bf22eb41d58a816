namespace RustyRail.ControlPlane.Configuration;

/// <summary>The cluster that this node belongs to. One node is a cluster of one, on loopback.</summary>
internal sealed record ClusterOptions
{
    public const string DefaultName = "rustyrail";

    public string Name { get; init; } = DefaultName;

    /// <summary>Of the actor system, on loopback. 0: any that is free.</summary>
    public int Port { get; init; }
}
