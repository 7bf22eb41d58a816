using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using RustyRail.Lab.Survival.Events;

namespace RustyRail.Lab.Survival;

/// <summary>Event by broken, a line each as they are done; or one JSON array at the end.</summary>
internal static class Report
{
    public static string Heading { get; } = $"{"event",-24}{"opened",8}{"broken",8}{"before",8}{"after",8}{"answers",10}{"slowest",10}{"took",8}";

    public static string Line(EventResult result) => string.Create(CultureInfo.InvariantCulture,
        $"{result.Event,-24}{result.Connections,8}{result.Broken,8}{result.BrokenBefore,8}{result.BrokenAfter,8}{result.Answers,10}{result.SlowestMilliseconds,7} ms{result.Seconds,6:0.0} s{Remark(result)}");

    public static IEnumerable<string> Causes(EventResult result) => result.BrokenConnections
        .GroupBy(broken => (broken.Opened, broken.Server, broken.Failure))
        .Select(group => $"    {group.Count()} {group.Key.Failure}, of {(group.Key.Server.Length > 0 ? group.Key.Server : "no server")}, opened {group.Key.Opened.ToString().ToLowerInvariant()} it; {group.First().Client}")
        .Concat(result.TakenForDead.Select(line => $"    no fault of the event: {line}"));

    public static string Json(IReadOnlyList<EventResult> results) => JsonSerializer.Serialize(results, ReportJson.Default.IReadOnlyListEventResult);

    private static string Remark(EventResult result) => result switch
    {
        { Own: > 0 } => $"  its own: {result.BrokenOwn} of {result.Own}",
        { AsExpected: false } => "  NOT AS IT SHOULD BE",
        _ => "",
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<EventResult>))]
internal sealed partial class ReportJson : JsonSerializerContext;
