using System.Collections.Immutable;
using System.Net;
using RustyRail.Contract;
using RustyRail.Contract.Specification;

namespace RustyRail.Actors.Protocol;

/// <summary>What probes find, per distinct (address, check): pools that share a server and a check share its probes.</summary>
public static class BackendHealthProtocol
{
    public enum Health : byte
    {
        /// <summary>Not judged yet. Keeps its flows; gets new ones while the node's first round is not done, and the node is not ready before it is.</summary>
        Unknown,
        Up,
        Down,
    }

    /// <summary>One thing to probe.</summary>
    public sealed record HealthTarget(IPAddress Address, HealthSpec Check);

    /// <summary>A target's judgement changed.</summary>
    /// <param name="Reason">What the last probe saw, for people ("connection refused").</param>
    public sealed record HealthChanged(HealthTarget Target, Health Health, string Reason);

    /// <summary>The health of every backend of the catalogue, after each change of either.</summary>
    /// <param name="FirstRoundDone">Every target of the start has been judged at least once. Stays true when backends are added later.</param>
    public sealed record HealthReport(ImmutableSortedDictionary<BackendId, HealthState> Backends, bool FirstRoundDone);

    public sealed record HealthState(Health Health, string Reason, DateTimeOffset Since);

    /// <summary>Sender gets the current <see cref="HealthReport"/> at once and every later one.</summary>
    public sealed record SubscribeToHealth;

    /// <summary>Asks for one <see cref="HealthReport"/>.</summary>
    public sealed record GetHealth;

    /// <summary>Judgements of an earlier control plane, read from the region at start.</summary>
    public sealed record InheritHealth(ImmutableArray<BackendId> KnownUp, ImmutableArray<BackendId> KnownDown);

    /// <summary>Something suggests that the address is in trouble: probe it now, at 150 ms, one failure suffices. Never decides alone.</summary>
    public sealed record HintTrouble(IPAddress Address, string Reason);
}
