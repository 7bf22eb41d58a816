using System.CommandLine;
using System.CommandLine.Help;

namespace RustyRail.ControlPlane.Commands;

/// <summary>The whole command line. Whatever is wrong with one becomes a line on standard error and exit code 2.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error)
    {
        try
        {
            // Its arguments are the other program's, --help included.
            if (arguments is [DecapCommand.Name, ..]) return DecapCommand.Run(arguments[1..]);

            ParseResult parsed = Create().Parse(arguments);
            if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction) throw new OperatorException(OneLine(parsed));
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null, // run answers signals itself; the others may just end
            });
        }
        catch (OperatorException e)
        {
            foreach (string line in e.Lines) await error.WriteLineAsync($"rustyrail: {line}");
            return e.ExitCode;
        }
#pragma warning disable CA1031 // a mistake of ours: end in order, with all that helps to find it
        catch (Exception e)
#pragma warning restore CA1031
        {
            await error.WriteLineAsync($"rustyrail: internal error, please report it: {e}");
            return ExitCode.Failed;
        }
    }

    internal static RootCommand Create()
    {
        RootCommand root = new("Layer-4 load balancer. Without a command: run.");
        root.Add(SharedOptions.StateDir);
        RunCommand.AddTo(root);
        root.Add(RunCommand.Create());
        root.Add(CheckCommand.Create());
        root.Add(StatusCommand.Create());
        root.Add(ServicesCommand.Create());
        root.Add(BackendsCommand.Create());
        root.Add(BackendCommand.Create());
        root.Add(ApplyCommand.Create());
        root.Add(ExportCommand.Create());
        root.Add(ClusterCommand.Create());
        root.Add(HistoryCommand.Create());
        root.Add(UndoCommand.Create());
        root.Add(ExplainCommand.Create());
        root.Add(DrainNodeCommand.Create());
        root.Add(SimulateCommand.Create());
        root.Add(DecapCommand.Create());
        return root;
    }

    private static string OneLine(ParseResult parsed)
    {
        string command = string.Join(' ', parsed.CommandResult.Command.Parents.OfType<Command>().Reverse().Append(parsed.CommandResult.Command).Select(part => part.Name));
        return $"{parsed.Errors[0].Message.ReplaceLineEndings(" ")} (see {command} --help)";
    }
}
