using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using RustyRail.ControlPlane.Native;
using RustyRail.ControlPlane.NextHops;

namespace ControlPlane.Tests.NextHops;

/// <summary>What a kernel might say about a host with eth0 (the dataplane's, index 2) and eth1 (index 3).</summary>
internal static class Views
{
    public static readonly IPAddress Server = IPAddress.Parse("192.168.137.11");
    public static readonly IPAddress Gateway = IPAddress.Parse("192.168.137.1");
    public static readonly IPAddress Own = IPAddress.Parse("192.168.137.188");
    public static readonly PhysicalAddress OwnMac = PhysicalAddress.Parse("02-00-00-00-00-01");
    public static readonly PhysicalAddress ServerMac = PhysicalAddress.Parse("02-00-00-00-00-11");
    public static readonly Link Eth0 = new(2, "eth0", OwnMac, 1500, IsUp: true, HasCarrier: true);
    public static readonly Route OnLink = new(RtnetlinkAbi.RTN_UNICAST, Eth0.Index, null, Own, null);

    public static KernelView With(Route? route, int errno = 0, Link? device = null, params Neighbour[] neighbours) => new(
        "eth0",
        device ?? Eth0,
        ImmutableDictionary<int, Link>.Empty.Add(2, Eth0).Add(3, new Link(3, "eth1", OwnMac, 9000, true, true)),
        ImmutableDictionary<IPAddress, RouteAnswer>.Empty.Add(Server, new RouteAnswer(route, errno)),
        neighbours.ToImmutableDictionary(neighbour => neighbour.Address),
        ImmutableDictionary<IPAddress, string>.Empty);

    public static Neighbour Neighbour(IPAddress address, ushort state, bool managed = false, byte protocol = 0) =>
        new(Eth0.Index, address, state, 0, managed, protocol, ServerMac);
}
