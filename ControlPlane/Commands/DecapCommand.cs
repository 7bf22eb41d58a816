using System.CommandLine;
using RustyRail.ControlPlane.Native;
using RustyRail.ControlPlane.Supervision;

namespace RustyRail.ControlPlane.Commands;

/// <summary>The server side: becomes <c>rustyrail-dataplane decap</c>, so signals and exit code are that program's.</summary>
internal static class DecapCommand
{
    public const string Name = "decap";

    public static Command Create()
    {
        Command command = new(Name, "Server side: accept GRE from the load balancers (see decap --help)") { TreatUnmatchedTokensAsErrors = false };
        command.SetAction(parsed => Run(parsed.UnmatchedTokens));
        return command;
    }

    public static int Run(IReadOnlyList<string> arguments)
    {
        ProgramReplacement.Exec(DataplaneProgram.Path, [Name, .. arguments]);
        return ExitCode.Failed; // not reached: this process is the other program now
    }
}
