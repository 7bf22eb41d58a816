using System.Collections.Immutable;
using System.Net;

namespace RustyRail.ControlPlane.Configuration;

/// <summary>This node, as its operator wants it; local, never replicated.</summary>
internal sealed record NodeOptions
{
    /// <summary>The interface that packets come in and leave by.</summary>
    public required string Device { get; init; }

    public PortKind Port { get; init; } = PortKind.Auto;

    /// <summary>Packet threads, one per queue.</summary>
    public int Workers { get; init; } = 1;

    public Steering Steering { get; init; }

    /// <summary>Who may send GRE to this node. Empty: anybody, with a warning at start.</summary>
    public ImmutableArray<IPNetwork> Routers { get; init; } = [];

    /// <summary>Sources of encapsulated packets, one of a family at most. Else the address that the kernel would choose for each backend.</summary>
    public ImmutableArray<IPAddress> Addresses { get; init; } = [];

    public Announcement Announce { get; init; }

    public ClusterOptions Cluster { get; init; } = new();

    public AdminOptions Admin { get; init; } = new();
}
