using System.Collections.Immutable;
using System.Net;

namespace RustyRail.ControlPlane.Configuration;

/// <summary>The cluster that this node belongs to. One node is a cluster of one, on loopback.</summary>
internal sealed record ClusterOptions
{
    public const string DefaultName = "rustyrail";

    /// <summary>Where nodes find each other unless told otherwise.</summary>
    public const int DefaultPort = 4053;

    /// <summary>Of the cluster.</summary>
    public string Name { get; init; } = DefaultName;

    /// <summary>Of this node in it; unique there.</summary>
    public string Node { get; init; } = Environment.MachineName;

    /// <summary>Where this node listens, and where the others reach it.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Of the actor system. 0: any that is free, where nobody has to find it.</summary>
    public int Port { get; init; }

    /// <summary>Nodes to join, any that lives will do; the same list on each node. Empty: a cluster of one.</summary>
    public ImmutableArray<IPEndPoint> Seeds { get; init; } = [];

    /// <summary>Null on loopback only.</summary>
    public ClusterTlsOptions? Tls { get; init; }
}

/// <summary>PEM files: this node's certificate and private key, and the authority that every node's certificate comes from.</summary>
internal sealed record ClusterTlsOptions(Setting Certificate, Setting Key, Setting Authority);
