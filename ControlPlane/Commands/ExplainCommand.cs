using System.CommandLine;
using RustyRail.ControlPlane.Configuration;
using RustyRail.ControlPlane.Native;
using RustyRail.ControlPlane.Supervision;

namespace RustyRail.ControlPlane.Commands;

/// <summary>Which backend a packet would go to, and why. The pipeline itself answers, on the live region: <c>rustyrail-dataplane explain</c>.</summary>
internal static class ExplainCommand
{
    private static readonly Option<string?> Source = new("--src") { Description = "Client, as 10.0.0.1:40000 or [2001:db8::1]:40000", HelpName = "addr:port" };
    private static readonly Option<string?> Destination = new("--dst") { Description = "VIP, as 10.1.0.1:80 or [2001:db8::80]:80", HelpName = "vip:port" };
    private static readonly Option<string> Protocol = new("--proto") { Description = "tcp, udp, icmp or a number", HelpName = "protocol", DefaultValueFactory = _ => "tcp" };

    private static readonly Option<bool> Stdin = new("--stdin") { Description = "Answer lines of SRC DST PROTO from standard input instead" };

    public static Command Create()
    {
        Command command = new("explain", "Name the service and backend of a packet, and why, from the live region");
        command.Add(Source);
        command.Add(Destination);
        command.Add(Protocol);
        command.Add(Stdin);
        command.Add(SharedOptions.Json);
        command.Validators.Add(result =>
        {
            bool asked = result.GetResult(Source) is not null && result.GetResult(Destination) is not null;
            if (!asked && !result.GetValue(Stdin)) result.AddError("explain needs --src and --dst, or --stdin");
        });
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        StateDirectory state = parsed.ChosenStateDirectory();
        if (!File.Exists(state.Region)) throw new OperatorException($"{state.Region}: no rustyrail runs with this state directory (--state-dir, RR_STATE_DIR)");
        List<string> arguments = ["explain", "--region", state.Region];
        if (parsed.GetValue(Stdin)) arguments.Add("--stdin");
        else arguments.AddRange(["--src", parsed.GetValue(Source)!, "--dst", parsed.GetValue(Destination)!, "--proto", parsed.GetValue(Protocol)!]);
        if (parsed.GetValue(SharedOptions.Json)) arguments.Add("--json");
        ProgramReplacement.Exec(DataplaneProgram.Path, arguments);
        return ExitCode.Failed; // not reached: this process is the other program now
    }
}
