using System.Net;

namespace RustyRail.Dataplane.Host.Decap;

/// <param name="Tun">Device that inner packets come out of, unless the driver takes them out.</param>
/// <param name="Device">Whose driver is asked to do it; null: none.</param>
/// <param name="Forms">Tunnels that end here.</param>
/// <param name="GuePort">UDP port of GUE.</param>
/// <param name="From">Allowed outer sources; empty: any.</param>
/// <param name="Stats">How often counts are printed; null: when asked and at the end.</param>
internal sealed record DecapOptions(string Tun, string? Device, DecapForms Forms, int GuePort, IReadOnlyList<IPNetwork> From, TimeSpan? Stats)
{
    public const string DefaultTun = "rr-decap";

    /// <summary>For people: <c>GRE, IPIP, GUE (UDP 6080) from 192.0.2.0/24</c>.</summary>
    public string Describe()
    {
        string port = (Forms & DecapForms.Gue) != 0 ? $" (UDP {GuePort})" : "";
        return $"{DecapFormWords.Format(Forms)}{port} from {(From.Count == 0 ? "anywhere" : string.Join(", ", From))}";
    }
}
