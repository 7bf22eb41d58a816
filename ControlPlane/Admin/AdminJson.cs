using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RustyRail.ControlPlane.Admin;

/// <summary>All bodies of the admin API, compiled in.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    WriteIndented = true,
    NewLine = "\n",
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(NodeStatus))]
[JsonSerializable(typeof(ClusterStatus))]
[JsonSerializable(typeof(DrainStatus))]
[JsonSerializable(typeof(ImmutableArray<ServiceStatus>))]
[JsonSerializable(typeof(ImmutableArray<BackendStatus>))]
[JsonSerializable(typeof(NewBackend))]
[JsonSerializable(typeof(NewState))]
[JsonSerializable(typeof(NewWeight))]
[JsonSerializable(typeof(UndoRequest))]
[JsonSerializable(typeof(ImmutableArray<HistoryEntry>))]
[JsonSerializable(typeof(ChangeAccepted))]
[JsonSerializable(typeof(ChangeRefused))]
internal sealed partial class AdminJson : JsonSerializerContext
{
    /// <summary>Quotes stay quotes: these bodies are JSON for programs and people, never part of a page.</summary>
    public static AdminJson Readable { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
