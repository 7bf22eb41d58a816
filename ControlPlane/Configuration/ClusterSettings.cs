using System.Collections.Immutable;

namespace RustyRail.ControlPlane.Configuration;

/// <summary>What one source says of this node among the others; part of <see cref="NodeSettings"/>.</summary>
internal sealed record ClusterSettings
{
    public static ClusterSettings Silent { get; } = new();

    public Setting? Name { get; init; }
    public Setting? Node { get; init; }
    public Setting? Address { get; init; }
    public Setting? Port { get; init; }
    public ImmutableArray<Setting>? Seeds { get; init; }
    public Setting? Certificate { get; init; }
    public Setting? Key { get; init; }
    public Setting? Authority { get; init; }

    public ClusterSettings Over(ClusterSettings weaker) => new()
    {
        Name = Name ?? weaker.Name,
        Node = Node ?? weaker.Node,
        Address = Address ?? weaker.Address,
        Port = Port ?? weaker.Port,
        Seeds = Seeds ?? weaker.Seeds,
        Certificate = Certificate ?? weaker.Certificate,
        Key = Key ?? weaker.Key,
        Authority = Authority ?? weaker.Authority,
    };
}
