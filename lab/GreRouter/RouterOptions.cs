using System.Net;
using System.Net.Sockets;

namespace RustyRail.Lab.GreRouter;

/// <param name="Tun">Device whose packets are sent on.</param>
/// <param name="Local">Outer source address.</param>
/// <param name="BalancersFile">One IPv4 address per line; read again when it changes.</param>
internal sealed record RouterOptions(string Tun, IPAddress Local, string BalancersFile)
{
    private const string Usage = "gre-router --tun NAME --local ADDRESS --balancers FILE";

    /// <summary>Null: <paramref name="problem"/> says why.</summary>
    public static RouterOptions? Parse(string[] arguments, out string problem)
    {
        problem = Usage;
        string tun = "", balancers = "";
        IPAddress? local = null;
        for (int i = 0; i + 1 < arguments.Length; i += 2)
        {
            switch (arguments[i])
            {
                case "--tun":
                    tun = arguments[i + 1];
                    break;
                case "--balancers":
                    balancers = arguments[i + 1];
                    break;
                case "--local" when IPAddress.TryParse(arguments[i + 1], out local) && local.AddressFamily == AddressFamily.InterNetwork:
                    break;
                default:
                    problem = $"bad argument '{arguments[i]} {arguments[i + 1]}'; {Usage}";
                    return null;
            }
        }
        return tun.Length == 0 || balancers.Length == 0 || local is null ? null : new RouterOptions(tun, local, balancers);
    }
}
