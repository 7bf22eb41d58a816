using System.Collections.Immutable;

namespace RustyRail.Contract.Json;

/// <summary>The words that a file, the command line and the output use for the values of an enum: one table, so that they never drift apart.</summary>
public sealed class WordTable<T>(params ReadOnlySpan<(string Word, T Value)> entries) where T : struct, Enum
{
    private readonly ImmutableArray<(string Word, T Value)> _entries = [.. entries];

    public IEnumerable<string> Words => _entries.Select(entry => entry.Word);

    public bool TryGet(string word, out T value)
    {
        foreach ((string known, T itsValue) in _entries)
        {
            if (!string.Equals(known, word, StringComparison.Ordinal)) continue;
            value = itsValue;
            return true;
        }

        value = default;
        return false;
    }

    public string WordOf(T value)
    {
        foreach ((string word, T known) in _entries)
        {
            if (EqualityComparer<T>.Default.Equals(known, value)) return word;
        }

        throw new ArgumentOutOfRangeException(nameof(value), value, "no word for it");
    }

    /// <summary>What is wrong with a word that is not in the table.</summary>
    public string Refusal(string key, string written) =>
        $"\"{key}\" must be {string.Join(" or ", Words.Select(word => $"\"{word}\""))}, not {written}";
}
