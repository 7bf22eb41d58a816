using System.Net;
using RustyRail.ControlPlane.Native;
using static RustyRail.Actors.Protocol.TablesProtocol;

namespace RustyRail.ControlPlane.NextHops;

/// <summary>From what the kernel says to where a frame goes, or the reason in words why it cannot go. Pure.</summary>
internal static class NextHopResolver
{
    private const string Unreachable = "no route: it is set to unreachable";
    private const string Prohibited = "no route: it is set to prohibit";
    private const string Blackhole = "no route: it is set to blackhole";

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
            string problem = view.Refusals.TryGetValue(neighbour, out string? refusal) ? $": {refusal}" : " does not answer";
            return None(destination, $"{role} {neighbour}{problem}") with { Gateway = route.Gateway };
        }

        if (SourceProblem(route, link) is { } noSource) return None(destination, noSource);
        return new NextHop(destination, mac, link.Address, route.Source, route.MtuBytes ?? link.MtuFor(destination), null) { Gateway = route.Gateway };
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
        if (route.Type == RtnetlinkAbi.RTN_UNREACHABLE) return Unreachable;
        if (route.Type == RtnetlinkAbi.RTN_PROHIBIT) return Prohibited;
        if (route.Type == RtnetlinkAbi.RTN_BLACKHOLE) return Blackhole;
        if (route.Type == RtnetlinkAbi.RTN_LOCAL) return $"{destination} is an address of this host";
        if (route.Type != RtnetlinkAbi.RTN_UNICAST) return $"{destination} is a broadcast or multicast address";
        if (route.Device == view.Device?.Index) return null;
        string other = view.Links.GetValueOrDefault(route.Device)?.Name ?? "a device that is gone";
        return $"route leaves by {other}, not by the dataplane's {view.DeviceName}";
    }

    // The kernel takes a link-local address where there is no other; no router would pass such a packet on (RFC 4291 section 2.5.6).
    private static string? SourceProblem(Route route, Link link) => route switch
    {
        { Source: null } => $"{link.Name} has no address to send from",
        { Source.IsIPv6LinkLocal: true, Gateway: not null } => $"{link.Name} has only a link-local address to send from, and gateway {route.Gateway} would not pass that on",
        _ => null,
    };

    // What the kernel answers for IPv4 routes of the types unreachable, prohibit and blackhole.
    private static string Explain(int errno) => errno switch
    {
        Libc.ENETUNREACH => "no route",
        Libc.EHOSTUNREACH => Unreachable,
        Libc.EACCES => Prohibited,
        Libc.EINVAL => Blackhole,
        _ => new RtnetlinkException("no route", errno).Message,
    };
}
