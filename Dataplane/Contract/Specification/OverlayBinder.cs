using System.Text.Json;
using RustyRail.Contract.Json;

namespace RustyRail.Contract.Specification;

/// <summary>A service's <c>vni</c> and inner MAC addresses: with send vxlan and geneve alone, since elsewhere they would promise something.</summary>
internal static class OverlayBinder
{
    private static readonly string[] Keys = ["vni", "innerDestinationMac", "innerSourceMac"];

    // Stands for what has had its error, so that the rules do not complain of it again.
    private const long Wrong = OverlaySpec.DefaultSource;

    /// <param name="send">Null: not known, since its word was wrong.</param>
    public static OverlaySpec? Bind(ObjectBinder service, SendForm? send)
    {
        if (send is not { } form) return null;
        if (!ServiceRules.UsesOverlay(form))
        {
            foreach (string key in Keys.Where(service.Has)) service.Refuse(key, $"\"{key}\" has no meaning for send \"{SpecificationWords.SendForms.WordOf(form)}\"");
            return null;
        }

        int vni = service.Require("vni") ? service.Number("vni", 0) : 0;
        long destination = service.Require("innerDestinationMac") ? MacOf(service, "innerDestinationMac") : Wrong;
        return new OverlaySpec(vni, destination, service.Has("innerSourceMac") ? MacOf(service, "innerSourceMac") : OverlaySpec.DefaultSource);
    }

    private static long MacOf(ObjectBinder service, string key)
    {
        LocatedValue value = service.Value(key)!;
        if (value.Kind == JsonValueKind.String && MacText.TryParse(value.Text, out long mac)) return mac;
        service.Refuse(key, $"\"{key}\" of a service must be {MacText.Form}, not {value.Quoted}");
        return Wrong;
    }
}
