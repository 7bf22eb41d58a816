using System.Collections.Immutable;
using System.Text.Json;
using RustyRail.Contract.Json;

namespace RustyRail.ControlPlane.Configuration;

/// <summary>The node file (docs/node.schema.json). Shape only: what values mean is <see cref="NodeValidator"/>'s, whichever source they come from.</summary>
internal static class NodeFile
{
    internal static readonly ImmutableArray<string> Keys = ["$schema", "device", "port", "workers", "steering", "routers", "address", "announce", "cluster", "admin"];
    internal static readonly ImmutableArray<string> ClusterKeys = ["name", "node", "address", "port", "seeds", "tls"];
    internal static readonly ImmutableArray<string> TlsKeys = ["certificate", "key", "authority"];

    public static NodeSettings Read(string path, ImmutableArray<string>.Builder errors)
    {
        LocatedErrors located = new(path);
        NodeSettings settings = LocatedJson.ParseFile(path, located) is { } root ? Bind(root, located) : NodeSettings.Silent;
        errors.AddRange(located.InFileOrder().Select(error => error.ToString()));
        return settings;
    }

    private static NodeSettings Bind(LocatedValue root, LocatedErrors errors)
    {
        ObjectBinder node = new(root, "node", Keys, errors);
        ObjectBinder? cluster = node.Section("cluster", ClusterKeys);
        return new NodeSettings
        {
            Device = Text(node, "device", errors),
            Port = Text(node, "port", errors),
            Workers = Number(node, "workers", errors),
            Steering = Text(node, "steering", errors),
            Routers = node.Has("routers") ? Texts(node, "routers", errors) : null,
            Addresses = OneOrMore(node, "address", errors),
            Announce = Text(node, "announce", errors),
            Cluster = cluster is null ? ClusterSettings.Silent : BindCluster(cluster, errors),
            Admin = Text(node, "admin", errors),
        };
    }

    private static ClusterSettings BindCluster(ObjectBinder cluster, LocatedErrors errors)
    {
        ObjectBinder? tls = cluster.Section("tls", TlsKeys);
        return new ClusterSettings
        {
            Name = Text(cluster, "name", errors),
            Node = Text(cluster, "node", errors),
            Address = Text(cluster, "address", errors),
            Port = Number(cluster, "port", errors),
            Seeds = cluster.Has("seeds") ? Texts(cluster, "seeds", errors) : null,
            Certificate = tls is null ? null : Text(tls, "certificate", errors),
            Key = tls is null ? null : Text(tls, "key", errors),
            Authority = tls is null ? null : Text(tls, "authority", errors),
        };
    }

    private static Setting? Text(ObjectBinder section, string key, LocatedErrors errors) =>
        section.Text(key) is { } text ? new Setting(text, Place(errors.File, section.LineOf(key))) : null;

    private static Setting? Number(ObjectBinder section, string key, LocatedErrors errors)
    {
        if (section.Value(key) is not { } value) return null;
        if (value.Kind == JsonValueKind.Number) return new Setting(value.Text, Place(errors.File, section.LineOf(key)));
        section.Refuse(key, $"\"{key}\" in {section.Noun} must be a whole number, not {value.Quoted}");
        return null;
    }

    private static ImmutableArray<Setting> Texts(ObjectBinder section, string key, LocatedErrors errors)
    {
        var texts = ImmutableArray.CreateBuilder<Setting>();
        foreach (LocatedValue item in section.Items(key))
        {
            if (item.Kind == JsonValueKind.String) texts.Add(new Setting(item.Text, Place(errors.File, item.Line)));
            else errors.Add(item.Line, $"\"{key}\" in {section.Noun} must hold strings, not {item.Quoted}");
        }

        return texts.ToImmutable();
    }

    private static ImmutableArray<Setting>? OneOrMore(ObjectBinder section, string key, LocatedErrors errors) =>
        section.Value(key) is not { } value ? null : value.Kind == JsonValueKind.Array ? Texts(section, key, errors) : Text(section, key, errors) is { } one ? [one] : null;

    private static string Place(string file, int line) => $"{file}:{line}";
}
