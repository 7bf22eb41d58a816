using System.Net;

namespace RustyRail.Dataplane.Host.Decap;

/// <param name="Tun">Device that inner packets come out of.</param>
/// <param name="From">Allowed outer sources; empty: any.</param>
internal sealed record DecapOptions(string Tun, IReadOnlyList<IPNetwork> From);
