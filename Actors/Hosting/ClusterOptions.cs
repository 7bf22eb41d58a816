using System.Net;
using RustyRail.Actors.Formation;
using RustyRail.Contract.Hashing;

namespace RustyRail.Actors.Hosting;

/// <summary>This node among the others.</summary>
public sealed record ClusterOptions
{
    /// <summary>Letters, digits, <c>. _ -</c>; unique in the cluster.</summary>
    public required string Node { get; init; }

    /// <summary>Where Akka.Remote listens. Without <see cref="Tls"/> it authenticates nobody: loopback then.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>0 takes any free port: nobody has to find a cluster of one.</summary>
    public int Port { get; init; }

    /// <summary>The cluster's key. The all-zero one serves nodes that keep none.</summary>
    public ClusterMemory Memory { get; init; } = ClusterMemory.Of(new FlowHashKey(0, 0, FlowHashKey.MultiplyMix));

    /// <summary>What this node says of itself; another one stands for another program in tests.</summary>
    internal int Format { get; init; } = ClusterFormat.Current;

    public ClusterTls? Tls { get; init; }

    /// <summary>Nodes to join, any that lives will do. None: this node is the first, a cluster of one.</summary>
    public IReadOnlyList<IPEndPoint> Seeds { get; init; } = [];
}
