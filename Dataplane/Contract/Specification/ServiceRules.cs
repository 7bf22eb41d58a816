using System.Net;

namespace RustyRail.Contract.Specification;

/// <summary>What must hold for one service, and between services.</summary>
internal static class ServiceRules
{
    public static bool UsesOverlay(SendForm send) => send is SendForm.Vxlan or SendForm.Geneve;

    public static IEnumerable<SpecificationFault> Check(ServiceSpec service, CatalogueSpec spec)
    {
        if (!SpecificationNames.IsName(service.Id.Name)) yield return new(SpecificationPlace.Of(service.Id), SpecificationNames.Refusal(service.Id.Name));
        if (AddressRules.VipProblem(service.Vip) is { } vip) yield return new(SpecificationPlace.Of(service.Id, "vip"), vip);
        if (BuiltFeatures.Refusal("protocol", service.Protocol, BuiltFeatures.Protocols, SpecificationWords.Protocols) is { } protocol)
            yield return new(SpecificationPlace.Of(service.Id, "protocol"), protocol);
        if (PortProblem(service) is { } port) yield return new(SpecificationPlace.Of(service.Id, "port"), port);
        if (!spec.Pools.ContainsKey(service.Pool)) yield return new(SpecificationPlace.Of(service.Id, "pool"), $"there is no pool \"{service.Pool}\"");
        if (BuiltFeatures.Refusal("send", service.Send, BuiltFeatures.SendForms, SpecificationWords.SendForms) is { } send)
            yield return new(SpecificationPlace.Of(service.Id, "send"), send);
        if (BuiltFeatures.Refusal("affinity", service.Affinity, BuiltFeatures.Affinities, SpecificationWords.Affinities) is { } affinity)
            yield return new(SpecificationPlace.Of(service.Id, "affinity"), affinity);
        foreach ((string key, string message) in OverlayProblems(service)) yield return new(SpecificationPlace.Of(service.Id, key), message);
        if (ClampProblem(service) is { } clamp) yield return new(SpecificationPlace.Of(service.Id, "mssClamp"), clamp);
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

    private static string? PortProblem(ServiceSpec service)
    {
        if (service.Ports.IsAny && service.Protocol == Protocol.Any) return null;
        if (service.Vip.PrefixLength == 0) return $"vip {AddressText.Format(service.Vip)} takes every packet that routers encapsulate: its protocol and port are \"any\"";
        if (service.Ports.IsAny) return null;
        if (service.Protocol is not (Protocol.Tcp or Protocol.Udp))
            return $"port {service.Ports} needs protocol \"tcp\" or \"udp\"; with \"{SpecificationWords.Protocols.WordOf(service.Protocol)}\" the port is \"any\"";
        return service.Ports.From == 0 || service.Ports.From > service.Ports.To ? $"\"port\" must be {PortText.Form}, not {service.Ports}" : null;
    }

    private static IEnumerable<(string Key, string Message)> OverlayProblems(ServiceSpec service)
    {
        if (service.Overlay is not { } overlay)
        {
            if (UsesOverlay(service.Send)) yield return ("send", $"send \"{SpecificationWords.SendForms.WordOf(service.Send)}\" needs \"vni\" and \"innerDestinationMac\"");
            yield break;
        }

        if (!UsesOverlay(service.Send)) yield return ("vni", $"\"vni\" has no meaning for send \"{SpecificationWords.SendForms.WordOf(service.Send)}\"");
        if (overlay.Vni is < 0 or > OverlaySpec.MaxVni) yield return ("vni", $"\"vni\" must be from 0 to {OverlaySpec.MaxVni}, not {overlay.Vni}");
        if (!MacText.IsOneDevice(overlay.Destination)) yield return ("innerDestinationMac", NotOneDevice("innerDestinationMac", overlay.Destination));
        if (!MacText.IsOneDevice(overlay.Source)) yield return ("innerSourceMac", NotOneDevice("innerSourceMac", overlay.Source));
    }

    private static string NotOneDevice(string key, long mac) => $"\"{key}\" must be the address of one device, which {MacText.Format(mac)} is not";

    private static string? ClampProblem(ServiceSpec service)
    {
        if (service.MssClamp == 0) return null;
        if (service.Protocol is not (Protocol.Tcp or Protocol.Any)) return $"\"mssClamp\" needs protocol \"tcp\" or \"any\", not \"{SpecificationWords.Protocols.WordOf(service.Protocol)}\"";
        return service.MssClamp is < ServiceSpec.MinMssClamp or > ServiceSpec.MaxMssClamp
            ? $"\"mssClamp\" must be from {ServiceSpec.MinMssClamp} to {ServiceSpec.MaxMssClamp}, not {service.MssClamp}"
            : null;
    }
}
