using System.Net;

namespace RustyRail.Dataplane.Host.Decap;

/// <param name="Tun">Device that inner packets come out of.</param>
/// <param name="From">Allowed outer sources; empty: any.</param>
internal sealed record DecapOptions(string Tun, IReadOnlyList<IPNetwork> From)
{
    public const string Usage = """
        rustyrail-dataplane decap --tun NAME [--from PREFIX]...
          Receives GRE (IP protocol 47), takes the inner IPv4 packets out and hands them to this host through a TUN device.
          --tun NAME     the device; made if it does not exist
          --from PREFIX  a network (or address) that may send: the balancers. Repeatable; without it everybody may.
          SIGUSR1 prints the counts, SIGTERM prints them and ends.
        """;

    private const int LongestDeviceName = 15;

    /// <summary>False: <paramref name="problem"/> is the one line for the operator.</summary>
    public static bool TryParse(ReadOnlySpan<string> arguments, out DecapOptions options, out string problem)
    {
        string tun = "";
        var from = new List<IPNetwork>();
        options = new DecapOptions(tun, from);
        for (int i = 0; i < arguments.Length; i += 2)
        {
            string name = arguments[i];
            if (name is not ("--tun" or "--from"))
                return Fail(out problem, $"unknown argument '{name}'");
            if (i + 1 == arguments.Length)
                return Fail(out problem, $"{name} needs a value");
            string value = arguments[i + 1];
            if (name == "--tun")
            {
                if (value.Length is 0 or > LongestDeviceName || value.AsSpan().IndexOfAny("/ :%") >= 0)
                    return Fail(out problem, $"--tun '{value}' is not a device name (1-{LongestDeviceName} characters, no '/', ':', '%' or blank)");
                tun = value;
            }
            else if (SourcePrefixes.TryParse(value, out IPNetwork prefix))
                from.Add(prefix);
            else
                return Fail(out problem, $"--from '{value}' is not an IPv4 prefix");
        }
        if (tun.Length == 0)
            return Fail(out problem, "--tun is missing");
        options = new DecapOptions(tun, from);
        problem = "";
        return true;
    }

    private static bool Fail(out string problem, string text)
    {
        problem = text;
        return false;
    }
}
