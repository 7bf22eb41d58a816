using System.Net;
using RustyRail.Contract.Snapshots;

namespace RustyRail.Dataplane.Ports.Xdp;

/// <summary>
/// Destinations that are a worker's. With <paramref name="GreOnly"/> plain packets to the prefix stay the host's: the catch-alls 0.0.0.0/0
/// and ::/0 must not swallow the host's own traffic.
/// </summary>
/// <param name="PrefixBits">0-128, on the mapped form of IPv4.</param>
internal readonly record struct VipPrefix(IpKey Address, int PrefixBits, bool GreOnly = false)
{
    public const int MappedBits = 96, MaxBits = 128;

    /// <summary>Every GRE packet with IPv4 inside, and nothing else.</summary>
    public static VipPrefix EveryIpv4Gre { get; } = Of(new IPNetwork(IPAddress.Any, 0), greOnly: true);

    /// <summary>The same for IPv6.</summary>
    public static VipPrefix EveryIpv6Gre { get; } = Of(new IPNetwork(IPAddress.IPv6Any, 0), greOnly: true);

    public bool IsIpv4 => PrefixBits >= MappedBits && Address.IsIpv4;

    public static VipPrefix Of(IPNetwork network, bool greOnly = false) => new(IpKey.From(network.BaseAddress), IpKey.MappedBits(network), greOnly);

    /// <summary>Of a service; /0 of either family is a catch-all.</summary>
    public static VipPrefix Of(in ServiceRecord service)
    {
        VipPrefix prefix = new(service.Vip, service.PrefixBits);
        return prefix with { GreOnly = prefix.PrefixBits == (prefix.IsIpv4 ? MappedBits : 0) };
    }
}
