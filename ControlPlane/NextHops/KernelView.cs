using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;

namespace RustyRail.ControlPlane.NextHops;

/// <summary>What the kernel said when it was last asked, as far as next hops need it.</summary>
/// <param name="DeviceName">The dataplane's: frames leave by it and by no other.</param>
/// <param name="Device">Null while there is none of that name.</param>
/// <param name="Routes">By destination.</param>
/// <param name="Neighbours">Those on the device, by address.</param>
/// <param name="Refusals">Neighbours that the kernel would not take, with its words.</param>
internal sealed record KernelView(
    string DeviceName,
    Link? Device,
    ImmutableDictionary<int, Link> Links,
    ImmutableDictionary<IPAddress, RouteAnswer> Routes,
    ImmutableDictionary<IPAddress, Neighbour> Neighbours,
    ImmutableDictionary<IPAddress, string> Refusals)
{
    public static KernelView Empty(string deviceName) => new(
        deviceName,
        null,
        ImmutableDictionary<int, Link>.Empty,
        ImmutableDictionary<IPAddress, RouteAnswer>.Empty,
        ImmutableDictionary<IPAddress, Neighbour>.Empty,
        ImmutableDictionary<IPAddress, string>.Empty);

    public PhysicalAddress? MacOf(IPAddress neighbour) => Neighbours.GetValueOrDefault(neighbour)?.UsableMac;

    /// <summary>The view after a neighbour's notification.</summary>
    public KernelView With(Neighbour neighbour, bool isGone) =>
        this with { Neighbours = isGone ? Neighbours.Remove(neighbour.Address) : Neighbours.SetItem(neighbour.Address, neighbour) };
}
