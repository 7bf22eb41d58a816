using System.CommandLine;
using System.Globalization;
using System.Net;
using RustyRail.Contract.Specification;
using RustyRail.Dataplane.Host.Decap.Sockets;

namespace RustyRail.Dataplane.Host.Decap;

/// <summary><c>rustyrail-dataplane decap</c>: the server's end of the tunnels, for all balancers at once.</summary>
internal static class DecapCommand
{
    private const int LongestDeviceName = 15, LongestStatsSeconds = 86_400;

    private static readonly Option<string> Tun = Checked(new Option<string>("--tun")
    {
        Description = "TUN device that inner packets come out of; made if it does not exist. Not used while --xdp works",
        DefaultValueFactory = _ => DecapOptions.DefaultTun,
    }, DeviceNameProblem);

    private static readonly Option<string?> Xdp = Checked(new Option<string?>("--xdp")
    {
        Description = "device whose driver takes the outer headers off (XDP); where it cannot, the packets go through --tun",
    }, DeviceNameProblem);

    private static readonly Option<string> Accept = Checked(new Option<string>("--accept")
    {
        Description = "forms of tunnel to take apart: gre, ipip, gue, separated by commas",
        DefaultValueFactory = _ => "gre,ipip,gue",
    }, text => DecapFormWords.TryParse(text, out _, out string unknown) ? null : $"'{unknown}' is not a form of tunnel; gre, ipip and gue are");

    private static readonly Option<int> GuePort = Checked(
        new Option<int>("--gue-port") { Description = "UDP port of GUE", DefaultValueFactory = _ => GueReceiver.DefaultPort },
        text => RangeProblem(text, ushort.MaxValue, ""));

    private static readonly Option<string[]> From = Checked(new Option<string[]>("--from")
    {
        Description = "a network (or address) that may send: the balancers. Repeatable; without it everybody may",
        DefaultValueFactory = _ => [],
    }, text => AddressText.TryParsePrefix(text, out _, out string problem) ? null : problem);

    private static readonly Option<int?> Stats = Checked(
        new Option<int?>("--stats") { Description = "print the counts every so many seconds" },
        text => RangeProblem(text, LongestStatsSeconds, " (seconds)"));

    public static Command Create()
    {
        Command command = new("decap", "Take tunnels apart for this host's stack: the server's end. SIGUSR1 prints the counts, SIGTERM ends")
        {
            Tun, Xdp, Accept, GuePort, From, Stats,
        };
        command.SetAction(arguments => DecapRun.Execute(Read(arguments)));
        return command;
    }

    private static DecapOptions Read(ParseResult arguments)
    {
        List<IPNetwork> from = [];
        foreach (string text in arguments.GetRequiredValue(From))
        {
            if (AddressText.TryParsePrefix(text, out IPNetwork prefix, out _)) from.Add(prefix);
        }

        _ = DecapFormWords.TryParse(arguments.GetRequiredValue(Accept), out DecapForms forms, out _);
        TimeSpan? stats = arguments.GetValue(Stats) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        return new DecapOptions(arguments.GetRequiredValue(Tun), arguments.GetValue(Xdp), forms, arguments.GetRequiredValue(GuePort), from, stats);
    }

    /// <summary>Each word of the option is judged as the operator wrote it.</summary>
    private static T Checked<T>(T option, Func<string, string?> problemOf)
        where T : Option
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

    private static string? DeviceNameProblem(string name)
    {
        bool isName = name.Length is > 0 and <= LongestDeviceName && name.AsSpan().IndexOfAny("/ :%") < 0;
        return isName ? null : $"'{name}' is not a device name (1-{LongestDeviceName} characters, no '/', ':', '%' or blank)";
    }

    // A word that is no number at all is the library's to refuse.
    private static string? RangeProblem(string text, int most, string unit)
    {
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) || (number >= 1 && number <= most)) return null;
        return string.Create(CultureInfo.InvariantCulture, $"{number} is not in 1-{most}{unit}");
    }
}
