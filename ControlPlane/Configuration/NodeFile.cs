using System.Collections.Immutable;
using System.Text.Json;
using RustyRail.Contract.Json;

namespace RustyRail.ControlPlane.Configuration;

/// <summary>The node file (docs/node.schema.json). Shape only: what values mean is <see cref="NodeValidator"/>'s, whichever source they come from.</summary>
internal static class NodeFile
{
    internal static readonly ImmutableArray<string> Keys = ["$schema", "device", "port", "workers", "routers", "address", "cluster", "admin"];
    internal static readonly ImmutableArray<string> ClusterKeys = ["name", "node", "port"];

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
            Routers = node.Has("routers") ? Texts(node, "routers", errors) : null,
            Address = Text(node, "address", errors),
            ClusterName = cluster is null ? null : Text(cluster, "name", errors),
            ClusterNode = cluster is null ? null : Text(cluster, "node", errors),
            ClusterPort = cluster is null ? null : Number(cluster, "port", errors),
            Admin = Text(node, "admin", errors),
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

    private static string Place(string file, int line) => $"{file}:{line}";
}
