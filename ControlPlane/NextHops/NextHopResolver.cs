using System.Net;
using RustyRail.ControlPlane.Native;
using static RustyRail.Actors.Protocol.TablesProtocol;

namespace RustyRail.ControlPlane.NextHops;

/// <summary>From what the kernel says to where a frame goes, or the reason in words why it cannot go. Pure.</summary>
internal static class NextHopResolver
{
    public static NextHop Resolve(IPAddress destination, KernelView view)
    {
        if (DeviceProblem(view) is { } noDevice) return None(destination, noDevice);
        if (RouteProblem(destination, view) is { } noRoute) return None(destination, noRoute);
        Link link = view.Device!;
        Route route = view.Routes[destination].Route!;
        IPAddress neighbour = route.Gateway ?? destination;
        if (view.MacOf(neighbour) is not { } mac)
        {
            string role = route.Gateway is null ? "neighbour" : "gateway";
            return None(destination, view.Refusals.TryGetValue(neighbour, out string? refusal) ? $"{role} {neighbour}: {refusal}" : $"{role} {neighbour} does not answer");
        }

        return route.Source is { } source
            ? new NextHop(destination, mac, link.Address, source, route.MtuBytes ?? link.MtuBytes, null)
            : None(destination, $"{link.Name} has no address to send from");
    }

    /// <summary>Whom the link must resolve for this destination; null when nothing leaves by the device for it.</summary>
    public static IPAddress? NeighbourFor(IPAddress destination, KernelView view) =>
        DeviceProblem(view) is null && RouteProblem(destination, view) is null ? view.Routes[destination].Route!.Gateway ?? destination : null;

    private static NextHop None(IPAddress destination, string problem) => new(destination, null, null, null, 0, problem);

    private static string? DeviceProblem(KernelView view) => view.Device switch
    {
        null => $"there is no device {view.DeviceName}",
        { IsUp: false } => $"{view.DeviceName} is down",
        { HasCarrier: false } => $"{view.DeviceName} has no carrier",
        { Address: null } => $"{view.DeviceName} has no Ethernet address",
        _ => null,
    };

    private static string? RouteProblem(IPAddress destination, KernelView view)
    {
        if (!view.Routes.TryGetValue(destination, out RouteAnswer answer)) return $"the route to {destination} is not known yet";
        if (answer.Route is not { } route) return Explain(answer.Errno);
        if (route.Type == RtnetlinkAbi.RTN_LOCAL) return $"{destination} is an address of this host";
        if (route.Type != RtnetlinkAbi.RTN_UNICAST) return $"{destination} is a broadcast or multicast address";
        if (route.Device == view.Device?.Index) return null;
        string other = view.Links.GetValueOrDefault(route.Device)?.Name ?? "a device that is gone";
        return $"route leaves by {other}, not by the dataplane's {view.DeviceName}";
    }

    // What the kernel answers for routes of the types unreachable, prohibit and blackhole.
    private static string Explain(int errno) => errno switch
    {
        Libc.ENETUNREACH => "no route",
        Libc.EHOSTUNREACH => "no route: it is set to unreachable",
        Libc.EACCES => "no route: it is set to prohibit",
        Libc.EINVAL => "no route: it is set to blackhole",
        _ => new RtnetlinkException("no route", errno).Message,
    };
}
