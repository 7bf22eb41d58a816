using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using RustyRail.ControlPlane.Native;

namespace RustyRail.ControlPlane.NextHops;

/// <summary>A network device as the kernel describes it.</summary>
/// <param name="Address">Null where frames have no Ethernet header.</param>
internal sealed record Link(int Index, string Name, PhysicalAddress? Address, int MtuBytes, bool IsUp, bool HasCarrier)
{
    /// <summary>What IPv6 packets are held to, which a router may have announced to be less; null where the device has no IPv6.</summary>
    public int? Ipv6MtuBytes { get; init; }

    public int MtuFor(IPAddress destination) =>
        destination.AddressFamily == AddressFamily.InterNetworkV6 ? Math.Min(Ipv6MtuBytes ?? MtuBytes, MtuBytes) : MtuBytes;
}

/// <summary>What the kernel says of an address: a route, or the errno of the look-up.</summary>
internal readonly record struct RouteAnswer(Route? Route, int Errno);

/// <param name="Type">RTN_UNICAST for addresses that are reached through a device. That an IPv6 route leads nowhere is said here, too; of IPv4 by an errno.</param>
/// <param name="Gateway">Null when the destination is on the link.</param>
/// <param name="Source">What the kernel would write as source.</param>
/// <param name="MtuBytes">Of the route or learnt for the path; null = the device's.</param>
internal sealed record Route(byte Type, int Device, IPAddress? Gateway, IPAddress? Source, int? MtuBytes);

/// <summary>An entry of the neighbour table.</summary>
/// <param name="State">NUD_ bits.</param>
/// <param name="Flags">NTF_ bits.</param>
/// <param name="IsManaged">The kernel keeps it resolved by itself.</param>
/// <param name="Protocol">Who made it so, where the kernel was told.</param>
internal sealed record Neighbour(int Device, IPAddress Address, ushort State, byte Flags, bool IsManaged, byte Protocol, PhysicalAddress? Mac)
{
    private const int Valid = RtnetlinkAbi.NUD_PERMANENT | RtnetlinkAbi.NUD_NOARP | RtnetlinkAbi.NUD_REACHABLE
        | RtnetlinkAbi.NUD_STALE | RtnetlinkAbi.NUD_DELAY | RtnetlinkAbi.NUD_PROBE;

    /// <summary>Where frames for it go; null while it does not answer.</summary>
    public PhysicalAddress? UsableMac => (State & Valid) != 0 ? Mac : null;

    /// <summary>Set by hand or needing no resolution: the kernel never asks, nor do we.</summary>
    public bool IsStatic => (State & (RtnetlinkAbi.NUD_PERMANENT | RtnetlinkAbi.NUD_NOARP)) != 0;
}
