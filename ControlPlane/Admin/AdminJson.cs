using System.Collections.Immutable;
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
[JsonSerializable(typeof(ImmutableArray<ServiceStatus>))]
[JsonSerializable(typeof(ImmutableArray<BackendStatus>))]
[JsonSerializable(typeof(NewBackend))]
[JsonSerializable(typeof(NewState))]
[JsonSerializable(typeof(NewWeight))]
[JsonSerializable(typeof(ChangeAccepted))]
[JsonSerializable(typeof(ChangeRefused))]
internal sealed partial class AdminJson : JsonSerializerContext;
