using System.Net;

namespace RustyRail.Lab.Survival.Connections;

/// <summary>
/// Client addresses and ports, each given out once: the balancers remember a connection for a while after its end, and its successor
/// between the same ends would be no fresh one.
/// </summary>
internal sealed class ClientEnds
{
    private const int AddressesPerClient = 250, FirstPort = 10000;
    private int _given;

    /// <param name="client">"client1", whose addresses are 10.0.1.1 and on.</param>
    public IPEndPoint Next(string client)
    {
        (int round, int address) = Math.DivRem(_given++, AddressesPerClient);
        return new IPEndPoint(IPAddress.Parse($"10.0.{client["client".Length..]}.{1 + address}"), FirstPort + round);
    }
}
