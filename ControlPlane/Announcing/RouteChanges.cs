using System.Collections.Immutable;
using System.Net;

namespace RustyRail.ControlPlane.Announcing;

/// <summary>What to tell the kernel so that it has exactly the wanted routes. Decided from what it has, so that a new control plane tidies up after an old one.</summary>
internal sealed record RouteChanges(ImmutableArray<VipRoute> Add, ImmutableArray<VipRoute> Remove)
{
    /// <param name="vips">None while this node is not to be sent anything.</param>
    /// <param name="device">Index of the device that the dataplane holds; 0: it is not there.</param>
    public static RouteChanges Between(IReadOnlyCollection<VipRoute> present, IEnumerable<IPNetwork> vips, int device)
    {
        HashSet<VipRoute> wanted = device == 0 ? [] : [.. vips.Select(vip => new VipRoute(vip, device))];
        return new RouteChanges([.. wanted.Where(route => !present.Contains(route))], [.. present.Where(route => !wanted.Contains(route))]);
    }
}
