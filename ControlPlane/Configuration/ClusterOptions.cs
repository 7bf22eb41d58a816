namespace RustyRail.ControlPlane.Configuration;

/// <summary>The cluster that this node belongs to. One node is a cluster of one, on loopback.</summary>
internal sealed record ClusterOptions
{
    public const string DefaultName = "rustyrail";

    /// <summary>Of the cluster.</summary>
    public string Name { get; init; } = DefaultName;

    /// <summary>Of this node in it; unique there.</summary>
    public string Node { get; init; } = Environment.MachineName;

    /// <summary>Of the actor system, on loopback. 0: any that is free.</summary>
    public int Port { get; init; }
}
