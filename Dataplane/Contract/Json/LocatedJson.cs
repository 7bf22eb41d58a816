using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace RustyRail.Contract.Json;

/// <summary>Reads JSON with comments and trailing commas into a tree that knows its lines. Needs no reflection, so it serves the NativeAOT program too.</summary>
public static class LocatedJson
{
    /// <summary>The root value; null when the text is not JSON, which is one error. Keys written twice are errors beside a usable tree.</summary>
    public static LocatedValue? Parse(ReadOnlySpan<byte> utf8, LocatedErrors errors)
    {
        ReadOnlySpan<byte> byteOrderMark = [0xEF, 0xBB, 0xBF];
        if (utf8.StartsWith(byteOrderMark)) utf8 = utf8[byteOrderMark.Length..];
        if (utf8.Trim(" \t\r\n"u8).IsEmpty)
        {
            errors.Add(0, "the file is empty");
            return null;
        }

        TreeReader reader = new(utf8);
        try
        {
            LocatedValue root = reader.ReadDocument();
            foreach ((int line, string message) in reader.Duplicates) errors.Add(line, message);
            return root;
        }
        catch (JsonException e)
        {
            errors.Add((int)(e.LineNumber ?? 0) + 1, "not valid JSON: " + WithoutRest(WithoutPosition(e.Message)));
        }
        catch (InvalidOperationException)
        {
            // The reader's way of refusing a string whose bytes or escapes are no characters.
            errors.Add(reader.Line, "not valid JSON: a string that is not UTF-8");
        }

        return null;
    }

    /// <summary>Reads a file; a file that cannot be read is one error.</summary>
    public static LocatedValue? ParseFile(string path, LocatedErrors errors)
    {
        try
        {
            return Parse(File.ReadAllBytes(path), errors);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            errors.Add(0, "no such file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.Add(0, "cannot be read: " + e.Message);
        }

        return null;
    }

    private static string WithoutPosition(string message)
    {
        int position = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (position < 0 ? message : message[..position]).TrimEnd('.');
    }

    /// <summary>Of a literal that makes no sense the reader quotes everything that follows: the first line is enough.</summary>
    private static string WithoutRest(string message)
    {
        int lineEnd = message.IndexOf('\n', StringComparison.Ordinal), quoteEnd = message.LastIndexOf("' is ", StringComparison.Ordinal);
        return lineEnd >= 0 && quoteEnd > lineEnd ? $"{message[..lineEnd].TrimEnd()}{message[quoteEnd..]}" : message;
    }

    private ref struct TreeReader(ReadOnlySpan<byte> utf8)
    {
        private readonly ReadOnlySpan<byte> _utf8 = utf8;
        private Utf8JsonReader _json = new(utf8, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        private int _counted;

        public readonly List<(int Line, string Message)> Duplicates { get; } = [];

        public int Line { get; private set; } = 1;

        public LocatedValue ReadDocument()
        {
            Advance();
            LocatedValue root = ReadValue();
            while (_json.Read()) { }    // refuses what stands after the root
            return root;
        }

        private void Advance()
        {
            _json.Read();
            int start = (int)_json.TokenStartIndex;
            Line += _utf8[_counted..start].Count((byte)'\n');
            _counted = start;
        }

        // The depth is bounded by the reader (64).
        private LocatedValue ReadValue() => _json.TokenType switch
        {
            JsonTokenType.StartObject => ReadObject(),
            JsonTokenType.StartArray => ReadArray(),
            JsonTokenType.String => Scalar(JsonValueKind.String, _json.GetString()!),
            JsonTokenType.Number => Scalar(JsonValueKind.Number, Encoding.UTF8.GetString(_json.ValueSpan)),
            JsonTokenType.True => Scalar(JsonValueKind.True, ""),
            JsonTokenType.False => Scalar(JsonValueKind.False, ""),
            _ => Scalar(JsonValueKind.Null, ""),
        };

        private readonly LocatedValue Scalar(JsonValueKind kind, string text) => new(kind, Line, text, [], []);

        private LocatedValue ReadArray()
        {
            int line = Line;
            ImmutableArray<LocatedValue>.Builder items = ImmutableArray.CreateBuilder<LocatedValue>();
            for (Advance(); _json.TokenType != JsonTokenType.EndArray; Advance()) items.Add(ReadValue());
            return new LocatedValue(JsonValueKind.Array, line, "", [], items.ToImmutable());
        }

        private LocatedValue ReadObject()
        {
            int line = Line;
            ImmutableArray<LocatedProperty>.Builder properties = ImmutableArray.CreateBuilder<LocatedProperty>();
            Dictionary<string, int> seen = new(StringComparer.Ordinal);
            for (Advance(); _json.TokenType != JsonTokenType.EndObject; Advance())
            {
                string name = _json.GetString()!;
                int keyLine = Line;
                Advance();
                LocatedValue value = ReadValue();
                if (seen.TryAdd(name, keyLine)) properties.Add(new LocatedProperty(name, keyLine, value));
                else Duplicates.Add((keyLine, string.Create(CultureInfo.InvariantCulture, $"key \"{name}\" is already in line {seen[name]}")));
            }

            return new LocatedValue(JsonValueKind.Object, line, "", properties.ToImmutable(), []);
        }
    }
}
