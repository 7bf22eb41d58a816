using System.Net;
using Akka.Event;
using static RustyRail.Actors.Protocol.TablesProtocol;

namespace RustyRail.ControlPlane.NextHops;

/// <summary>Tells people of next hops that stay away, once each, and of their return. Asked now and then, so that flapping gives no flood.</summary>
internal sealed class ProblemLog(ILoggingAdapter log)
{
    private readonly Dictionary<IPAddress, string> _standing = [];

    public void Tell(IEnumerable<NextHop> hops)
    {
        Dictionary<IPAddress, NextHop> now = hops.ToDictionary(hop => hop.Destination);
        foreach (IPAddress address in _standing.Keys.Where(address => !now.ContainsKey(address)).ToArray()) _standing.Remove(address);
        foreach (NextHop hop in now.Values)
        {
            string? told = _standing.GetValueOrDefault(hop.Destination);
            if (hop.Problem == told) continue;
            if (hop.Problem is { } problem)
            {
                _standing[hop.Destination] = problem;
                log.Warning("no next hop for {0}: {1}", hop.Destination, problem);
            }
            else
            {
                _standing.Remove(hop.Destination);
                log.Info("next hop for {0} found again: {1}", hop.Destination, hop.DestinationMac);
            }
        }
    }
}
