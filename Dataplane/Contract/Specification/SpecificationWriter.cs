using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using RustyRail.Contract.Json;

namespace RustyRail.Contract.Specification;

/// <summary>
/// The canonical services.json: entries sorted by name, every key in its fixed place and written out, defaults too, one backend or service per line.
/// Equal catalogues give equal bytes, so export, apply, export changes nothing and the text can be compared by digest.
/// </summary>
public static class SpecificationWriter
{
    public static string Write(CatalogueSpec spec)
    {
        StringBuilder text = new();
        text.Append("{\n");
        Block(text, "  \"pools\": {", "  },\n", spec.Pools.Values, WritePool);
        Block(text, "  \"services\": [", "  ]\n", spec.Services.Values, WriteService);
        return text.Append("}\n").ToString();
    }

    private static void WritePool(StringBuilder text, PoolSpec pool)
    {
        text.Append(CultureInfo.InvariantCulture, $"    {Quote(pool.Id.Name)}: {{\n      \"tableSize\": {pool.TableSize},\n");
        text.Append(CultureInfo.InvariantCulture, $"      \"health\": {{ {Health(pool.Health)} }},\n");
        text.Append(CultureInfo.InvariantCulture, $"      \"minHealthy\": {pool.MinHealthy}, \"onTooFew\": {Quote(SpecificationWords.OnTooFew.WordOf(pool.OnTooFew))},\n");
        Block(text, "      \"backends\": [", "      ]\n", pool.Backends.Values, WriteBackend);
        text.Append("    }");
    }

    private static void WriteBackend(StringBuilder text, BackendSpec backend) =>
        text.Append(
            CultureInfo.InvariantCulture,
            $"        {{ \"name\": {Quote(backend.Id.Name)}, \"address\": {Quote(backend.Address.ToString())}, \"weight\": {backend.Weight}, \"state\": {Quote(SpecificationWords.States.WordOf(backend.State))} }}");

    private static void WriteService(StringBuilder text, ServiceSpec service)
    {
        text.Append(CultureInfo.InvariantCulture, $"    {{ \"name\": {Quote(service.Id.Name)}, \"vip\": {Quote(AddressText.Format(service.Vip))}, ");
        text.Append(CultureInfo.InvariantCulture, $"\"protocol\": {Quote(SpecificationWords.Protocols.WordOf(service.Protocol))}, \"port\": {Ports(service.Ports)}, ");
        text.Append(CultureInfo.InvariantCulture, $"\"pool\": {Quote(service.Pool.Name)}, \"send\": {Quote(SpecificationWords.SendForms.WordOf(service.Send))}, ");
        text.Append(CultureInfo.InvariantCulture, $"\"affinity\": {Quote(SpecificationWords.Affinities.WordOf(service.Affinity))}{Optional(service)} }}");
    }

    // Only what applies is written: a catalogue without them has the text, and the digest, of the versions that knew no such keys.
    private static string Optional(ServiceSpec service)
    {
        string overlay = service.Overlay is not { } network ? "" : string.Create(
            CultureInfo.InvariantCulture,
            $", \"vni\": {network.Vni}, \"innerDestinationMac\": {Quote(MacText.Format(network.Destination))}, \"innerSourceMac\": {Quote(MacText.Format(network.Source))}");
        return service.MssClamp == 0 ? overlay : string.Create(CultureInfo.InvariantCulture, $"{overlay}, \"mssClamp\": {service.MssClamp}");
    }

    // A check of type none has no other keys; port and path appear with the types that use them.
    private static string Health(HealthSpec health)
    {
        string type = $"\"type\": {Quote(SpecificationWords.Checks.WordOf(health.Type))}";
        if (health.Type == HealthCheckType.None) return type;
        string port = HealthRules.UsesPort(health.Type) ? string.Create(CultureInfo.InvariantCulture, $", \"port\": {health.Port}") : "";
        string path = HealthRules.UsesPath(health.Type) ? $", \"path\": {Quote(health.Path)}" : "";
        string via = $", \"via\": {Quote(SpecificationWords.ProbePaths.WordOf(health.Via))}";
        string times = $", \"interval\": {Quote(DurationText.Format(health.Interval))}, \"timeout\": {Quote(DurationText.Format(health.Timeout))}";
        return string.Create(CultureInfo.InvariantCulture, $"{type}{port}{path}{via}{times}, \"rise\": {health.Rise}, \"fall\": {health.Fall}");
    }

    private static string Ports(PortRange ports) => !ports.IsAny && ports.IsSingle ? ports.ToString() : Quote(ports.ToString());

    private static void Block<T>(StringBuilder text, string open, string close, IEnumerable<T> entries, Action<StringBuilder, T> write)
    {
        string separator = "\n";
        text.Append(open);
        foreach (T entry in entries)
        {
            text.Append(separator);
            write(text, entry);
            separator = ",\n";
        }

        text.Append('\n').Append(close);
    }

    private static string Quote(string value) => $"\"{JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
