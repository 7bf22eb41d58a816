using System.Collections.Immutable;

namespace RustyRail.ControlPlane.Configuration;

/// <summary>What one source (node file, environment, flags) says of this node, not yet understood. Null: the source is silent.</summary>
internal sealed record NodeSettings
{
    public static NodeSettings Silent { get; } = new();

    public Setting? Device { get; init; }
    public Setting? Port { get; init; }
    public Setting? Workers { get; init; }
    public Setting? Steering { get; init; }
    public ImmutableArray<Setting>? Routers { get; init; }
    public ImmutableArray<Setting>? Addresses { get; init; }
    public Setting? Announce { get; init; }
    public ClusterSettings Cluster { get; init; } = ClusterSettings.Silent;
    public Setting? Admin { get; init; }

    /// <summary>This source's word where it has one, else that of the weaker source. A list is replaced whole.</summary>
    public NodeSettings Over(NodeSettings weaker) => new()
    {
        Device = Device ?? weaker.Device,
        Port = Port ?? weaker.Port,
        Workers = Workers ?? weaker.Workers,
        Steering = Steering ?? weaker.Steering,
        Routers = Routers ?? weaker.Routers,
        Addresses = Addresses ?? weaker.Addresses,
        Announce = Announce ?? weaker.Announce,
        Cluster = Cluster.Over(weaker.Cluster),
        Admin = Admin ?? weaker.Admin,
    };
}
