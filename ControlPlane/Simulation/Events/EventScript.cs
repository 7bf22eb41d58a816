using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace RustyRail.ControlPlane.Simulation.Events;

/// <summary>
/// What happens, step by step. Between two steps every flow sends and nodes tell each other their exceptions; within a step there is
/// no time for either. Written <c>drain-backend:10,kill-lb</c> for two steps, <c>drain-backend:10+kill-lb</c> for one.
/// </summary>
internal sealed record EventScript(string Name, string Text, ImmutableArray<ImmutableArray<Change>> Steps)
{
    public const int MaxSteps = 7, MaxCount = 10_000;

    private static readonly (string Word, ChangeKind Kind)[] Words =
    [
        ("add-backend", ChangeKind.AddBackend),
        ("remove-backend", ChangeKind.RemoveBackend),
        ("drain-backend", ChangeKind.DrainBackend),
        ("add-lb", ChangeKind.AddBalancer),
        ("remove-lb", ChangeKind.RemoveBalancer),
        ("kill-lb", ChangeKind.KillBalancer),
    ];

    /// <summary>The events that an operator asks about first.</summary>
    public static ImmutableArray<EventScript> Presets { get; } =
    [
        Preset("backend-added", "add-backend"),
        Preset("backend-removed", "remove-backend"),
        Preset("backend-drained", "drain-backend"),
        Preset("lb-added", "add-lb"),
        Preset("lb-removed", "remove-lb"),
        Preset("lb-killed", "kill-lb"),
        Preset("backend-then-lb", "add-backend,add-lb"),
        Preset("drain-then-kill", "drain-backend,kill-lb"),
        Preset("both-at-once", "drain-backend+kill-lb"),
        Preset("chain", "add-backend,kill-lb,add-lb"),
    ];

    public static string PresetNames => string.Join(", ", Presets.Select(preset => preset.Name));

    public static bool TryParse(string text, [NotNullWhen(true)] out EventScript? script, out string problem)
    {
        problem = "";
        script = Presets.FirstOrDefault(preset => preset.Name == text);
        if (script is not null) return true;
        if (!TryParseSteps(text, out ImmutableArray<ImmutableArray<Change>> steps, out problem)) return false;
        script = new EventScript(text, text, steps);
        return true;
    }

    /// <summary>What of the event such a cluster cannot go through, or null.</summary>
    public string? Problem(int balancers, int backends)
    {
        foreach (Change change in Steps.SelectMany(step => step))
        {
            if (change.Kind == ChangeKind.AddBackend) backends += change.Count;
            else if (change.OfBackends) backends -= change.Count;
            else if (change.Kind == ChangeKind.AddBalancer) balancers += change.Count;
            else balancers -= change.Count;
            if (backends < 1) return "leaves no backend";
            if (balancers < 1) return "leaves no balancer";
        }

        return null;
    }

    private static bool TryParseSteps(string text, out ImmutableArray<ImmutableArray<Change>> steps, out string problem)
    {
        var parsed = ImmutableArray.CreateBuilder<ImmutableArray<Change>>();
        steps = [];
        problem = "";
        foreach (string step in text.Split(','))
        {
            var changes = ImmutableArray.CreateBuilder<Change>();
            foreach (string word in step.Split('+'))
            {
                if (!TryParseChange(word, out Change? change, out problem)) return false;
                changes.Add(change);
            }

            parsed.Add(changes.ToImmutable());
        }

        if (parsed.Count > MaxSteps) problem = $"{parsed.Count} steps: at most {MaxSteps}";
        steps = parsed.ToImmutable();
        return problem.Length == 0;
    }

    private static bool TryParseChange(string text, [NotNullWhen(true)] out Change? change, out string problem)
    {
        change = null;
        string[] parts = text.Split(':');
        int at = Array.FindIndex(Words, word => word.Word == parts[0]);
        int count = 1;
        bool counted = parts.Length == 1
            || (parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out count) && count is > 0 and <= MaxCount);
        problem = at < 0
            ? $"\"{parts[0]}\" is neither a change ({string.Join(", ", Words.Select(word => word.Word))}) nor an event ({PresetNames})"
            : counted
                ? ""
                : $"\"{text}\": a change may be followed by how many, 1 to {MaxCount}, as {parts[0]}:10";
        if (problem.Length > 0) return false;
        change = new Change(Words[at].Kind, count);
        return true;
    }

    private static EventScript Preset(string name, string text) =>
        TryParseSteps(text, out ImmutableArray<ImmutableArray<Change>> steps, out string problem)
            ? new EventScript(name, text, steps)
            : throw new ArgumentException(problem, nameof(text));
}
