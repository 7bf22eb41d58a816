using System.Collections.Immutable;
using System.Net;

namespace RustyRail.ControlPlane.NextHops;

/// <summary>
/// Which neighbours the kernel must be told to keep resolved, and which no longer. Decided from what the kernel has alone, so that a new control plane
/// tidies up after an old one: entries that we made managed carry our protocol number.
/// </summary>
/// <param name="Ask">Not kept by the kernel yet (or ever: kernels before 5.16 forget the wish, so it is repeated, which keeps them fresh as well).</param>
internal sealed record NeighbourCare(ImmutableArray<IPAddress> Ask, ImmutableArray<Neighbour> Release)
{
    /// <summary>Marks our entries in the neighbour table; numbers below 100 that are free in rtnetlink.h.</summary>
    public const byte OurProtocol = 82;

    public bool IsNothing => Ask.IsEmpty && Release.IsEmpty;

    /// <param name="destinations">Their order is the one in which the kernel is asked.</param>
    public static NeighbourCare For(IEnumerable<IPAddress> destinations, KernelView view)
    {
        IPAddress[] inOrder = [.. destinations.Select(destination => NextHopResolver.NeighbourFor(destination, view)).OfType<IPAddress>().Distinct()];
        HashSet<IPAddress> needed = [.. inOrder];
        return new NeighbourCare(
            [.. inOrder.Where(address => !view.Neighbours.TryGetValue(address, out Neighbour? known) || !(known.IsManaged || known.IsStatic))],
            [.. view.Neighbours.Values.Where(neighbour => neighbour.IsManaged && neighbour.Protocol == OurProtocol && !needed.Contains(neighbour.Address))]);
    }
}
