using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using RustyRail.Contract.Specification;

namespace RustyRail.Dataplane.Host.Generate;

/// <summary><c>rustyrail-dataplane generate</c>: traffic for a balancer, and the place where it comes back to.</summary>
internal static class GenerateCommand
{
    private static readonly GenerateOptions Usual = GenerateOptions.Usual;

    private static readonly Option<string> Device = Text("--device", "device that frames leave by and come back to", Usual.Device);
    private static readonly Option<string> To = Checked(Text("--to", "the balancer's MAC address; auto asks for it", "auto"),
        text => text == "auto" || TryMac(text, out _) ? null : $"'{text}' is neither auto nor a MAC address");
    private static readonly Option<string> Form = Text("--form", "gre: as a router sends it; plain: as a client does", "gre");
    private static readonly Option<string> Vip = Checked(Text("--vip", "address and port of the service: 10.1.0.1:80, [2001:db8::1]:80", Usual.Vip.ToString()),
        text => TryEndPoint(text, out _) ? null : $"'{text}' is not an address with or without port");
    private static readonly Option<string> Protocol = Text("--protocol", "tcp or udp", "tcp");
    private static readonly Option<int> Flows = Number("--flows", "different sources", Usual.Flows, 1, GenerateOptions.MostFlows);
    private static readonly Option<int?> Size = Number<int?>("--size", "bytes of a frame without check sequence; the least the form takes", null, 60, 9000);
    private static readonly Option<string> Rate = Checked(Text("--rate", "packets per second, or max", "max"),
        text => TryRate(text, out _) ? null : $"'{text}' is neither max nor a number in 1-{GenerateOptions.MostPacketsPerSecond}");
    private static readonly Option<double?> Seconds = Number<double?>("--seconds", "how long at most (10; with --packets 3600)", null, 0.001, GenerateOptions.MostSeconds);
    private static readonly Option<long?> Packets = Number<long?>("--packets", "how many at most", null, 1, 1e12);
    private static readonly Option<string?> Router = Checked(new Option<string?>("--router") { Description = "outer source of GRE; the device's own address" }, AddressProblem);
    private static readonly Option<string> Balancer = Checked(Text("--balancer", "outer destination of GRE, and whose MAC address is asked for", Usual.Balancer.ToString()), AddressProblem);
    private static readonly Option<bool> Latency = new("--latency") { Description = "print round-trip times" };
    private static readonly Option<bool> Json = new("--json") { Description = "one JSON object" };

    public static Command Create()
    {
        Form.AcceptOnlyFromAmong("gre", "plain");
        Protocol.AcceptOnlyFromAmong("tcp", "udp");
        Command command = new("generate", "Send flows to a balancer and count what comes back. SIGINT and SIGTERM end it early")
        {
            Device, To, Form, Vip, Protocol, Flows, Size, Rate, Seconds, Packets, Router, Balancer, Latency, Json,
        };
        command.SetAction(arguments => GenerateRun.Execute(Read(arguments), arguments.GetValue(Json), Console.Out));
        return command;
    }

    internal static GenerateOptions Read(ParseResult arguments)
    {
        _ = TryEndPoint(arguments.GetRequiredValue(Vip), out IPEndPoint vip);
        _ = TryRate(arguments.GetRequiredValue(Rate), out long? rate);
        long? packets = arguments.GetValue(Packets);
        return new GenerateOptions(
            arguments.GetRequiredValue(Device),
            TryMac(arguments.GetRequiredValue(To), out PhysicalAddress? mac) ? mac : null,
            arguments.GetRequiredValue(Form) == "plain" ? GenerateForm.Plain : GenerateForm.Gre,
            vip,
            arguments.GetRequiredValue(Protocol) == "udp",
            arguments.GetRequiredValue(Flows),
            arguments.GetValue(Size),
            rate,
            TimeSpan.FromSeconds(arguments.GetValue(Seconds) ?? (packets is null ? Usual.Duration.TotalSeconds : 3600)),
            packets,
            arguments.GetValue(Router) is { } router ? IPAddress.Parse(router) : null,
            IPAddress.Parse(arguments.GetRequiredValue(Balancer)),
            arguments.GetValue(Latency));
    }

    private static string? AddressProblem(string text) => AddressText.TryParse(text, out _) ? null : $"'{text}' is not an address";

    private static bool TryRate(string text, out long? rate)
    {
        rate = null;
        if (text == "max") return true;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) || number is < 1 or > GenerateOptions.MostPacketsPerSecond) return false;
        rate = number;
        return true;
    }

    private static bool TryMac(string text, out PhysicalAddress? mac) =>
        PhysicalAddress.TryParse(text, out mac) && mac.GetAddressBytes().Length == 6 && text.Contains(':', StringComparison.Ordinal);

    private static bool TryEndPoint(string text, out IPEndPoint end)
    {
        end = Usual.Vip;
        if (AddressText.TryParse(text, out IPAddress alone)) end = new IPEndPoint(alone, Usual.Vip.Port);
        else if (!IPEndPoint.TryParse(text, out IPEndPoint? parsed) || parsed.Port == 0 || !IsStrict(parsed, text)) return false;
        else end = parsed;
        return true;
    }

    // The platform's parser also takes "10.1:80", which names another address than the reader thinks.
    private static bool IsStrict(IPEndPoint parsed, string text) => parsed.AddressFamily == AddressFamily.InterNetworkV6 || parsed.ToString() == text;

    private static Option<string> Text(string name, string description, string usual) => new(name) { Description = description, DefaultValueFactory = _ => usual };

    private static Option<T> Checked<T>(Option<T> option, Func<string, string?> problemOf)
    {
        option.Validators.Add(result =>
        {
            foreach (string word in result.Tokens.Select(token => token.Value))
            {
                if (problemOf(word) is { } problem) result.AddError($"{option.Name} {problem}");
            }
        });
        return option;
    }

    // A word that is no number at all is the library's to refuse.
    private static Option<T> Number<T>(string name, string description, T usual, double least, double most)
    {
        Option<T> option = new(name) { Description = description, DefaultValueFactory = _ => usual };
        return Checked(option, text => !double.TryParse(text, CultureInfo.InvariantCulture, out double number) || (number >= least && number <= most)
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{text} is not in {least}-{most}"));
    }
}
