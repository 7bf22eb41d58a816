using System.CommandLine;
using RustyRail.Contract.Region;

namespace RustyRail.Dataplane.Host.Explain;

/// <summary><c>explain</c>: which backend a flow goes to, and why, from the live region. With <c>--stdin</c> one question per line.</summary>
internal static class ExplainCommand
{
    private static readonly Option<string> RegionPath = new("--region") { Description = "the region file of the running dataplane", Required = true };
    private static readonly Option<string> Source = new("--src") { Description = "client, ADDRESS:PORT or [ADDRESS]:PORT" };
    private static readonly Option<string> Destination = new("--dst") { Description = "VIP:PORT or [VIP]:PORT" };
    private static readonly Option<string> Protocol = new("--proto") { Description = "tcp, udp, icmp or a number", DefaultValueFactory = _ => "tcp" };
    private static readonly Option<bool> Stdin = new("--stdin") { Description = "read lines of SRC DST PROTO instead" };
    private static readonly Option<bool> Json = new("--json") { Description = "one JSON object per flow" };

    public static Command Create()
    {
        Command command = new("explain", "Show which backend a flow goes to, and why") { RegionPath, Source, Destination, Protocol, Stdin, Json };
        command.Validators.Add(result =>
        {
            bool asked = result.GetResult(Source) is not null && result.GetResult(Destination) is not null;
            if (!asked && !result.GetValue(Stdin)) result.AddError("explain needs --src and --dst, or --stdin");
        });
        command.SetAction(Execute);
        return command;
    }

    private static int Execute(ParseResult arguments)
    {
        using RegionFile region = RegionFile.Open(arguments.GetRequiredValue(RegionPath));
        FlowExplainer explainer = new(region);
        bool json = arguments.GetValue(Json);
        if (!arguments.GetValue(Stdin)) return Answer(explainer, arguments.GetValue(Source)!, arguments.GetValue(Destination)!, arguments.GetValue(Protocol)!, json);
        while (Console.In.ReadLine() is { } line)
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length != 3) return CommandLine.Refuse($"'{line}' is not SRC DST PROTO");
            int status = Answer(explainer, words[0], words[1], words[2], json);
            if (status != 0) return status;
        }

        return 0;
    }

    private static int Answer(FlowExplainer explainer, string source, string destination, string protocol, bool json)
    {
        if (FlowQuestion.TryParse(source, destination, protocol, out string problem) is not { } question) return CommandLine.Refuse(problem);
        FlowAnswer answer = explainer.Explain(question);
        Console.Out.WriteLine(json ? answer.ToJson() : answer.ToText());
        return 0;
    }
}
