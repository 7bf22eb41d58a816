using System.Text.Json;
using System.Text.Json.Serialization;
using RustyRail.Contract.Region;

namespace RustyRail.Dataplane.Host.Explain;

/// <summary>Where a packet of the flow would go now, and what decides it.</summary>
/// <param name="Why"><c>flow</c>: an entry of the flow table; <c>exception</c>: told by another node; <c>table</c>: the Maglev table; <c>noService</c>, <c>noBackend</c>: nowhere.</param>
internal sealed record FlowAnswer(
    string? Service = null,
    string? Pool = null,
    string? Backend = null,
    string? Address = null,
    string Why = "",
    bool? HasNextHop = null,
    int? Worker = null,
    FlowState? State = null,
    long? IdleSeconds = null,
    int? TableIndex = null,
    int? TableSize = null,
    long Generation = 0)
{
    public string ToJson() => JsonSerializer.Serialize(this, FlowAnswerJson.Default.FlowAnswer);

    public string ToText() => Why switch
    {
        "noService" => "no service has this address, protocol and port: the packet is the host's",
        "noBackend" => $"{Service}: no backend takes new flows (noBackend)",
        "flow" => $"{Service} -> {Pool}/{Backend} ({Address}): the flow table of worker {Worker} has it, {State?.ToString().ToLowerInvariant()}, last packet up to {IdleSeconds} s ago{NextHop}",
        "exception" => $"{Service} -> {Pool}/{Backend} ({Address}): another node has the flow there, {State?.ToString().ToLowerInvariant()}{NextHop}",
        _ => $"{Service} -> {Pool}/{Backend} ({Address}): Maglev table entry {TableIndex} of {TableSize}, generation {Generation}{NextHop}",
    };

    private string NextHop => HasNextHop == false ? "; it has no next hop (noNextHop)" : "";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(FlowAnswer))]
internal sealed partial class FlowAnswerJson : JsonSerializerContext;
