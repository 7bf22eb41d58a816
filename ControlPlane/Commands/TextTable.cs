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

    public static void Print(this Table table, TextWriter output)
    {
        bool terminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = terminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = terminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        if (!terminal) console.Profile.Width = PipeWidth;
        console.Write(table);
    }
}
