using System.Collections.Immutable;

namespace RustyRail.Contract.Json;

/// <summary>Collects everything wrong with one file, so that an operator mends it in one go.</summary>
public sealed class LocatedErrors(string file)
{
    private readonly List<LocatedError> _errors = [];

    public string File { get; } = file;

    public int Count => _errors.Count;

    /// <param name="message">May quote the file; what would break the line is shown as an escape.</param>
    public void Add(int line, string message) => _errors.Add(new LocatedError(File, line, OneLine(message)));

    /// <summary>In the order of the file, whichever rule found them first.</summary>
    public ImmutableArray<LocatedError> InFileOrder() => [.. _errors.OrderBy(error => error.Line)];

    private static string OneLine(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString())) : text;
}
