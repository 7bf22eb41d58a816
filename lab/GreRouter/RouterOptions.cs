using System.Net;
using System.Net.Sockets;

namespace RustyRail.Lab.GreRouter;

/// <param name="Tun">Device whose packets are sent on.</param>
/// <param name="Local">Outer source address of IPv4, <paramref name="Local6"/> that of IPv6; null: no balancer is reached by that family.</param>
/// <param name="BalancersFile">One address per line; read again when it changes.</param>
internal sealed record RouterOptions(string Tun, IPAddress? Local, IPAddress? Local6, string BalancersFile)
{
    private const string Usage = "gre-router --tun NAME --local ADDRESS [--local ADDRESS] --balancers FILE";

    /// <summary>Null: <paramref name="problem"/> says why.</summary>
    public static RouterOptions? Parse(string[] arguments, out string problem)
    {
        problem = Usage;
        RouterOptions options = new("", null, null, "");
        for (int i = 0; i + 1 < arguments.Length; i += 2)
        {
            string value = arguments[i + 1];
            bool isAddress = IPAddress.TryParse(value, out IPAddress? address);
            switch (arguments[i])
            {
                case "--tun":
                    options = options with { Tun = value };
                    break;
                case "--balancers":
                    options = options with { BalancersFile = value };
                    break;
                case "--local" when isAddress:
                    options = address!.AddressFamily == AddressFamily.InterNetworkV6 ? options with { Local6 = address } : options with { Local = address };
                    break;
                default:
                    problem = $"bad argument '{arguments[i]} {value}'; {Usage}";
                    return null;
            }
        }

        bool isWhole = options.Tun.Length > 0 && options.BalancersFile.Length > 0 && (options.Local ?? options.Local6) is not null;
        return isWhole ? options : null;
    }
}
