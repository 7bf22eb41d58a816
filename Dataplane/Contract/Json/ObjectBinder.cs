using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace RustyRail.Contract.Json;

/// <summary>
/// Reads the keys of one object. Whatever does not fit becomes an error with its line and the fallback is returned, so that the reader goes on and finds
/// the next one. Keys that are not in <c>keys</c> are errors at once; to ask for such a key is a mistake of the program.
/// </summary>
public sealed class ObjectBinder
{
    private readonly Dictionary<string, LocatedProperty> _properties = new(StringComparer.Ordinal);
    private readonly ImmutableArray<string> _keys;
    private readonly LocatedErrors _errors;
    private readonly bool _isObject;

    /// <param name="noun">What the object is, for messages: <c>backend</c>.</param>
    public ObjectBinder(LocatedValue value, string noun, ImmutableArray<string> keys, LocatedErrors errors)
    {
        (Noun, Line, _keys, _errors) = (noun, value.Line, keys, errors);
        _isObject = value.Kind == JsonValueKind.Object;
        if (!_isObject) errors.Add(value.Line, $"{noun} must be an object, not {value.Quoted}");
        foreach (LocatedProperty property in value.Properties)
        {
            if (keys.Contains(property.Name)) _properties.Add(property.Name, property);
            else errors.Add(property.Line, $"unknown key \"{property.Name}\" in {noun}{NearestWord.Hint(property.Name, keys)}");
        }
    }

    public string Noun { get; }

    public ImmutableArray<string> Keys => _keys;

    public int Line { get; }

    /// <summary>The line of the key, or of the object when the key is absent.</summary>
    public int LineOf(string key) => Find(key)?.Line ?? Line;

    public bool Has(string key) => Find(key) is not null;

    public LocatedValue? Value(string key) => Find(key)?.Value;

    /// <summary>False, and an error, when the key is absent. (What is no object has had its error.)</summary>
    public bool Require(string key)
    {
        if (Has(key)) return true;
        if (_isObject) _errors.Add(Line, $"{Noun} needs \"{key}\"");
        return false;
    }

    public void Refuse(string key, string message) => _errors.Add(LineOf(key), message);

    public string? Text(string key) => OfKind(key, "a string", JsonValueKind.String)?.Text;

    public bool Flag(string key, bool fallback) =>
        OfKind(key, "true or false", JsonValueKind.True, JsonValueKind.False) is { } value ? value.Kind == JsonValueKind.True : fallback;

    public int Number(string key, int fallback, int min = int.MinValue, int max = int.MaxValue)
    {
        if (Value(key) is not { } value) return fallback;
        bool isInteger = int.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number);
        if (isInteger && value.Kind == JsonValueKind.Number && number >= min && number <= max) return number;
        string range = (min, max) == (int.MinValue, int.MaxValue) ? "" : string.Create(CultureInfo.InvariantCulture, $" from {min} to {max}");
        return Fallback(key, "a whole number" + range, value, fallback);
    }

    public TimeSpan Duration(string key, TimeSpan fallback)
    {
        if (Value(key) is not { } value) return fallback;
        bool isDuration = DurationText.TryParse(value.Text, out TimeSpan duration) && value.Kind == JsonValueKind.String;
        return isDuration ? duration : Fallback(key, DurationText.Form, value, fallback);
    }

    /// <summary>Null when the key is absent or holds none of the words.</summary>
    public T? Word<T>(string key, WordTable<T> words) where T : struct, Enum
    {
        if (Value(key) is not { } value) return null;
        if (value.Kind == JsonValueKind.String && words.TryGet(value.Text, out T found)) return found;
        Refuse(key, words.Refusal(key, value.Quoted) + NearestWord.Hint(value.Text, words.Words));
        return null;
    }

    public ImmutableArray<LocatedValue> Items(string key) => OfKind(key, "an array", JsonValueKind.Array)?.Items ?? [];

    /// <summary>The members of an object whose keys are names chosen by the operator.</summary>
    public ImmutableArray<LocatedProperty> Members(string key) => OfKind(key, "an object", JsonValueKind.Object)?.Properties ?? [];

    public ObjectBinder? Section(string key, ImmutableArray<string> keys) =>
        Value(key) is { } value ? new ObjectBinder(value, key, keys, _errors) : null;

    private LocatedProperty? Find(string key)
    {
        if (!_keys.Contains(key)) throw new ArgumentException($"\"{key}\" is not among the keys of {Noun}", nameof(key));
        return _properties.TryGetValue(key, out LocatedProperty property) ? property : null;
    }

    private LocatedValue? OfKind(string key, string form, params ReadOnlySpan<JsonValueKind> kinds)
    {
        if (Value(key) is not { } value) return null;
        return kinds.Contains(value.Kind) ? value : Fallback<LocatedValue?>(key, form, value, null);
    }

    private T Fallback<T>(string key, string form, LocatedValue written, T fallback)
    {
        Refuse(key, $"\"{key}\" in {Noun} must be {form}, not {written.Quoted}");
        return fallback;
    }
}
