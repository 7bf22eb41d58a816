using RustyRail.Contract.Specification;
using static RustyRail.Actors.Protocol.BackendHealthProtocol;

namespace RustyRail.Actors.BackendHealth;

/// <summary>One kind of check of one target. Used by one actor, one run at a time.</summary>
internal interface IProbe
{
    /// <summary>
    /// Runs once, with a connection of its own. What the network does wrong is a result, not an exception.
    /// The caller owns the time limit: it cancels, and then looks at no result.
    /// </summary>
    Task<ProbeResult> RunAsync(CancellationToken cancel);
}

/// <param name="Reason">For people: what was seen.</param>
internal readonly record struct ProbeResult(bool Ok, string Reason);

/// <summary>Makes the probe of a target; null where nothing is to be probed.</summary>
internal delegate IProbe? ProbeSource(HealthTarget target);

internal static class Probes
{
    public static IProbe? For(HealthTarget target) => target.Check.Type switch
    {
        HealthCheckType.Tcp => new TcpProbe(new(target.Address, target.Check.Port)),
        HealthCheckType.Http => new HttpProbe(new(target.Address, target.Check.Port), target.Check.Path),
        HealthCheckType.Icmp => new IcmpProbe(target.Address, target.Check.Timeout),
        // The validator refuses checks that are not built; a catalogue from a newer node may hold one all the same.
        _ => null,
    };
}
