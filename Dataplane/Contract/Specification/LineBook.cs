using System.Globalization;

namespace RustyRail.Contract.Specification;

/// <summary>Where each entry and key of a catalogue was written, so that rules that know no files can be told to an operator with lines.</summary>
internal sealed class LineBook
{
    private readonly Dictionary<SpecificationPlace, int> _lines = [];

    public void Note(SpecificationPlace place, int line) => _lines.TryAdd(place, line);

    /// <summary>The line of the key, else of its entry, else 0.</summary>
    public int Find(SpecificationPlace place) =>
        _lines.TryGetValue(place, out int line) || _lines.TryGetValue(place with { Key = "" }, out line) ? line : 0;

    public string Describe(SpecificationFault fault) =>
        fault.Other is { } other ? string.Create(CultureInfo.InvariantCulture, $"{fault} (line {Find(other)})") : fault.ToString();
}
