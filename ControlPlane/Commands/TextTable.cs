using Spectre.Console;

namespace RustyRail.ControlPlane.Commands;

/// <summary>Tables for people: aligned columns without frames, which read the same in a pipe. Never wrapped there, never coloured there.</summary>
internal static class TextTable
{
    private const int PipeWidth = 1000;

    public static Table Create(params ReadOnlySpan<string> columns)
    {
        Table table = new() { Border = TableBorder.None, ShowHeaders = true };
        foreach (string column in columns)
        {
            bool isNumber = column.StartsWith('#');
            TableColumn made = new(new Text(column.TrimStart('#').ToUpperInvariant(), new Style(decoration: Decoration.Bold))) { NoWrap = true };
            table.AddColumn(isNumber ? made.RightAligned() : made);
        }

        return table;
    }

    /// <summary>Cells are plain text: nothing in them is markup.</summary>
    public static void Row(this Table table, params ReadOnlySpan<string> cells)
    {
        var row = new List<Text>();
        foreach (string cell in cells) row.Add(new Text(cell.Length == 0 ? "-" : cell));
        table.AddRow(row);
    }

    /// <summary>Facts of one thing: a name and a value per row.</summary>
    public static Table OfFacts()
    {
        Table table = Create("fact", "value");
        table.ShowHeaders = false;
        return table;
    }

    public static void Print(this Table table, TextWriter output)
    {
        if (ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected)
        {
            AnsiConsole.Write(table);
            return;
        }

        using StringWriter text = new();
        IAnsiConsole plain = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        plain.Profile.Width = PipeWidth;
        plain.Write(table);
        foreach (string line in text.ToString().TrimEnd('\n').Split('\n')) output.WriteLine(line.TrimEnd());
    }
}
