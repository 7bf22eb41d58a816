using System.Collections.Immutable;
using System.Text.Json;

namespace RustyRail.Contract.Json;

/// <summary>A JSON value that remembers where it was written.</summary>
/// <param name="Text">What a string says, a number as it was written; empty for all else.</param>
public sealed record LocatedValue(
    JsonValueKind Kind,
    int Line,
    string Text,
    ImmutableArray<LocatedProperty> Properties,
    ImmutableArray<LocatedValue> Items)
{
    /// <summary>The value as an error message quotes it: short, on one line.</summary>
    public string Quoted => Kind switch
    {
        JsonValueKind.String => $"\"{(Text.Length <= 60 ? Text : Text[..60] + "...").ReplaceLineEndings(" ")}\"",
        JsonValueKind.Number => Text,
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        _ => "null",
    };
}

/// <param name="Line">Of the key; the value may begin on a later one.</param>
public readonly record struct LocatedProperty(string Name, int Line, LocatedValue Value);
