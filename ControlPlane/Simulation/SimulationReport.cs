using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RustyRail.ControlPlane.Simulation;

/// <summary>All that a run of events found; its JSON is what <c>simulate --json</c> prints.</summary>
internal sealed record SimulationReport(
    int Balancers,
    int Backends,
    long Flows,
    int TableSize,
    int Seed,
    ImmutableArray<Balance> Balance,
    ImmutableArray<EventResult> Events);

/// <summary>A figure's numbers for programs.</summary>
internal sealed record FigureReport(int Figure, string Title, int Seed, int Repeats, ImmutableArray<Figures.FigureRow> Rows);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(SimulationReport))]
[JsonSerializable(typeof(FigureReport))]
internal sealed partial class SimulationJson : JsonSerializerContext
{
    public static SimulationJson Readable { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
