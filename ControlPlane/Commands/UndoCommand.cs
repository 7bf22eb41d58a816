using System.CommandLine;
using RustyRail.ControlPlane.Admin;

namespace RustyRail.ControlPlane.Commands;

/// <summary>Takes a change back, as a change of its own.</summary>
internal static class UndoCommand
{
    private static readonly Argument<string?> Change = new("change")
    {
        Description = "NUMBER or NUMBER@NODE, as history lists them [default: the last one that is neither an undo nor undone]",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<bool> Force = new("--force") { Description = "Also what was changed again since: all becomes what it was before that change" };

    public static Command Create()
    {
        Command command = new("undo", "Take a change of the catalogue back, as a new change");
        command.Add(Change);
        command.Add(Force);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        string? change = parsed.GetValue(Change) is { } written ? HistoryCommand.Parse(written).ToString() : null;
        using AdminClient client = new(parsed.ChosenStateDirectory());
        using HttpContent body = AdminClient.Body(new UndoRequest(change, parsed.GetValue(Force)), AdminJson.Default.UndoRequest);
        ChangeAccepted accepted = await client.ChangeAsync(HttpMethod.Post, AdminPaths.Undo, body, cancel);
        await parsed.InvocationConfiguration.Output.WriteLineAsync($"undone{Acceptance.Text(accepted)}");
        return ExitCode.Well;
    }
}
