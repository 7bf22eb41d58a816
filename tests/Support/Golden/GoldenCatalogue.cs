using System.Collections.Immutable;

namespace RustyRail.Tests.Support.Golden;

/// <summary>A services.json, and what of the node's own configuration matters for its cases.</summary>
/// <param name="Routers">Prefixes that GRE may come from; none: any.</param>
internal sealed record GoldenCatalogue(string Name, string Json, ImmutableArray<string> Routers)
{
    public static GoldenCatalogue Of(string name, IEnumerable<string> services, params IEnumerable<string> pools) => new(
        name,
        $$"""
        { "pools": {
        {{string.Join(",\n", pools)}} },
          "services": [
        {{string.Join(",\n", services)}} ] }

        """,
        []);

    public static string Pool(string name, params IEnumerable<GoldenServer> servers) =>
        $$"""    "{{name}}": { "tableSize": 251, "backends": [ {{string.Join(", ", servers.Select(server => server.Json))}} ] }""";

    /// <param name="more">Further keys, as they stand in the file.</param>
    public static string Service(string name, string vip, string protocol, string port, string pool, string more = "")
    {
        string rest = more.Length == 0 ? "" : $", {more}";
        string ports = port.All(char.IsAsciiDigit) ? port : $"\"{port}\"";
        return $$"""    { "name": "{{name}}", "vip": "{{vip}}", "protocol": "{{protocol}}", "port": {{ports}}, "pool": "{{pool}}"{{rest}} }""";
    }

    /// <summary>The keys that choose a send form.</summary>
    public static string Send(GoldenForm form)
    {
        string word = $"\"send\": \"{form.Word}\"";
        return form.IsOverlay ? $"{word}, \"vni\": {Sent.Vni}, \"innerDestinationMac\": \"{Sent.OverlayDestination}\", \"innerSourceMac\": \"{Sent.OverlaySource}\"" : word;
    }

    public override string ToString() => Name;
}
