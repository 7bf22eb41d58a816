using System.Collections.Immutable;

namespace RustyRail.Contract.Json;

/// <summary>Collects everything wrong with one file, so that an operator mends it in one go.</summary>
public sealed class LocatedErrors(string file)
{
    private readonly List<LocatedError> _errors = [];

    public string File { get; } = file;

    public int Count => _errors.Count;

    public void Add(int line, string message) => _errors.Add(new LocatedError(File, line, message));

    /// <summary>In the order of the file, whichever rule found them first.</summary>
    public ImmutableArray<LocatedError> InFileOrder() => [.. _errors.OrderBy(error => error.Line)];
}
