using System.Net;
using System.Net.Sockets;

namespace RustyRail.Contract.Specification;

/// <summary>What must hold for one service, and between services.</summary>
internal static class ServiceRules
{
    public static IEnumerable<SpecificationFault> Check(ServiceSpec service, CatalogueSpec spec)
    {
        if (!SpecificationNames.IsName(service.Id.Name)) yield return new(SpecificationPlace.Of(service.Id), SpecificationNames.Refusal(service.Id.Name));
        if (VipProblem(service.Vip) is { } vip) yield return new(SpecificationPlace.Of(service.Id, "vip"), vip);
        if (BuiltFeatures.Refusal("protocol", service.Protocol, BuiltFeatures.Protocols, SpecificationWords.Protocols) is { } protocol)
            yield return new(SpecificationPlace.Of(service.Id, "protocol"), protocol);
        if (PortProblem(service) is { } port) yield return new(SpecificationPlace.Of(service.Id, "port"), port);
        if (!spec.Pools.ContainsKey(service.Pool)) yield return new(SpecificationPlace.Of(service.Id, "pool"), $"there is no pool \"{service.Pool}\"");
        if (BuiltFeatures.Refusal("send", service.Send, BuiltFeatures.SendForms, SpecificationWords.SendForms) is { } send)
            yield return new(SpecificationPlace.Of(service.Id, "send"), send);
        if (BuiltFeatures.Refusal("affinity", service.Affinity, BuiltFeatures.Affinities, SpecificationWords.Affinities) is { } affinity)
            yield return new(SpecificationPlace.Of(service.Id, "affinity"), affinity);
    }

    /// <summary>
    /// A packet goes to the longest prefix, then to a named protocol before "any", then to the narrowest port range (Snapshots/MatchTables): only services
    /// that tie in all of these can collide. Each conflict once, at the service whose name sorts later.
    /// </summary>
    public static IEnumerable<SpecificationFault> CheckOverlaps(CatalogueSpec spec)
    {
        foreach (IGrouping<(IPNetwork, Protocol), ServiceSpec> rivals in spec.Services.Values.GroupBy(service => (service.Vip, service.Protocol)))
        {
            List<ServiceSpec> earlier = [];
            foreach (ServiceSpec service in rivals)
            {
                if (earlier.Find(other => Collide(service.Ports, other.Ports)) is { } taken) yield return Conflict(service, taken);
                earlier.Add(service);
            }
        }
    }

    /// <summary>They overlap and neither lies within the other.</summary>
    private static bool Collide(PortRange a, PortRange b)
    {
        bool overlap = a.From <= b.To && b.From <= a.To;
        return overlap && (a == b || !(IsWithin(a, b) || IsWithin(b, a)));
    }

    private static bool IsWithin(PortRange inner, PortRange outer) => inner.From >= outer.From && inner.To <= outer.To;

    private static SpecificationFault Conflict(ServiceSpec service, ServiceSpec taken)
    {
        string what = $"{AddressText.Format(service.Vip)} {SpecificationWords.Protocols.WordOf(service.Protocol)} port {service.Ports}";
        string overlap = service.Ports == taken.Ports ? "is already that of" : "overlaps";
        string whose = service.Ports == taken.Ports ? $"service {taken.Id}" : $"port {taken.Ports} of service {taken.Id}";
        return new SpecificationFault(SpecificationPlace.Of(service.Id), $"{what} {overlap} {whose}", SpecificationPlace.Of(taken.Id));
    }

    // 0.0.0.0/0 is the catch-all for what routers encapsulate; plain packets never match it, or the host would lose its own traffic.
    private static string? VipProblem(IPNetwork vip)
    {
        string text = AddressText.Format(vip);
        if (vip.BaseAddress.AddressFamily != AddressFamily.InterNetwork) return BuiltFeatures.Ipv6 ? null : $"vip {text}: IPv6 VIPs are not built yet; IPv4 is";
        if (vip.PrefixLength == 0) return null;
        byte first = vip.BaseAddress.GetAddressBytes()[0];
        return first is 0 or 127 or >= 224 ? $"vip {text} is not an address that clients can reach" : null;
    }

    private static string? PortProblem(ServiceSpec service)
    {
        if (service.Ports.IsAny && service.Protocol == Protocol.Any) return null;
        if (service.Vip.PrefixLength == 0) return "vip 0.0.0.0/0 takes every packet that routers encapsulate: its protocol and port are \"any\"";
        if (service.Ports.IsAny) return null;
        if (service.Protocol is not (Protocol.Tcp or Protocol.Udp))
            return $"port {service.Ports} needs protocol \"tcp\" or \"udp\"; with \"{SpecificationWords.Protocols.WordOf(service.Protocol)}\" the port is \"any\"";
        return service.Ports.From == 0 || service.Ports.From > service.Ports.To ? $"\"port\" must be {PortText.Form}, not {service.Ports}" : null;
    }
}
