using System.CommandLine;
using RustyRail.ControlPlane.Configuration;
using RustyRail.ControlPlane.Native;
using RustyRail.ControlPlane.Supervision;

namespace RustyRail.ControlPlane.Commands;

/// <summary>Which backend a packet would go to, and why. The pipeline itself answers, on the live region: <c>rustyrail-dataplane explain</c>.</summary>
internal static class ExplainCommand
{
    private static readonly Option<string> Source = new("--src") { Description = "Client, as 10.0.0.1:40000", HelpName = "addr:port", Required = true };
    private static readonly Option<string> Destination = new("--dst") { Description = "VIP, as 10.1.0.1:80", HelpName = "vip:port", Required = true };
    private static readonly Option<string> Protocol = new("--proto") { Description = "tcp, udp, icmp or a number", HelpName = "protocol", DefaultValueFactory = _ => "tcp" };

    public static Command Create()
    {
        Command command = new("explain", "Name the service and backend of a packet, and why, from the live region");
        command.Add(Source);
        command.Add(Destination);
        command.Add(Protocol);
        command.Add(SharedOptions.Json);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        StateDirectory state = parsed.ChosenStateDirectory();
        if (!File.Exists(state.Region)) throw new OperatorException($"{state.Region}: no rustyrail runs with this state directory (--state-dir, RR_STATE_DIR)");
        ProgramReplacement.Exec(DataplaneProgram.Path,
        [
            "explain", "--region", state.Region,
            "--src", parsed.GetRequiredValue(Source),
            "--dst", parsed.GetRequiredValue(Destination),
            "--proto", parsed.GetValue(Protocol)!,
            .. parsed.GetValue(SharedOptions.Json) ? (string[])["--json"] : [],
        ]);
        return ExitCode.Failed; // not reached: this process is the other program now
    }
}
