using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using RustyRail.Actors.Protocol;
using RustyRail.ControlPlane.Admin;
using Spectre.Console;

namespace RustyRail.ControlPlane.Commands;

/// <summary>The last changes of the catalogue, whoever made them on whichever node.</summary>
internal static class HistoryCommand
{
    private static readonly Argument<string?> Change = new("change")
    {
        Description = "NUMBER or NUMBER@NODE: what that change did to each entry",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Command Create()
    {
        Command command = new("history", "The last changes of the catalogue: when, who, what");
        command.Add(Change);
        command.Add(SharedOptions.Json);
        command.SetAction(RunAsync);
        return command;
    }

    public static ChangeId Parse(string written) =>
        ChangeId.TryParse(written, out ChangeId id) ? id : throw new OperatorException(HistoryEndpoints.NotANumber(written));

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        string? change = parsed.GetValue(Change);
        string path = change is null ? AdminPaths.History : AdminPaths.ChangeOf(Parse(change).ToString());
        using AdminClient client = new(parsed.ChosenStateDirectory());
        TextWriter output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(SharedOptions.Json)) await output.WriteLineAsync(await client.GetTextAsync(path, cancel));
        else Print(await client.GetAsync(path, AdminJson.Default.ImmutableArrayHistoryEntry, cancel), withLines: change is not null, output);
        return ExitCode.Well;
    }

    internal static void Print(ImmutableArray<HistoryEntry> changes, bool withLines, TextWriter output)
    {
        if (changes.IsEmpty) output.WriteLine("no changes yet");
        if (changes.IsEmpty) return;
        Table table = TextTable.Create("#change", "when", "who", "node", "what", "note");
        foreach (HistoryEntry change in changes)
        {
            table.Row(
                change.Number.ToString(CultureInfo.InvariantCulture),
                change.When.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                change.Host.Length > 0 ? $"{change.User}@{change.Host}" : change.User,
                change.Node,
                change.What,
                change.Undone ? "undone" : change.CanUndo ? "" : "can no longer be undone");
        }

        table.Print(output);
        foreach (HistoryEntry change in withLines ? changes : [])
        {
            output.WriteLine();
            foreach (string line in change.Lines) output.WriteLine(line);
        }
    }
}
