using System.CommandLine;
using RustyRail.ControlPlane.Admin;

namespace RustyRail.ControlPlane.Commands;

/// <summary>Prints the catalogue as a services.json that <c>apply</c> takes back unchanged.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        Command command = new("export", "Print the catalogue as services.json");
        command.SetAction(async (parsed, cancel) =>
        {
            using AdminClient client = new(parsed.ChosenStateDirectory());
            await parsed.InvocationConfiguration.Output.WriteAsync(await client.GetTextAsync(AdminPaths.Catalogue, cancel));
            return ExitCode.Well;
        });
        return command;
    }
}
