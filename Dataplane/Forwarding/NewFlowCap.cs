using System.Runtime.CompilerServices;
using RustyRail.Dataplane.Forwarding.Answers;

namespace RustyRail.Dataplane.Forwarding;

/// <summary>
/// How many new flows a worker writes down in a second: a flood of them must not push out what is established, nor cost more than the look-up.
/// A flow that is not written down goes by table and exceptions, packet by packet, until it is. SYNs, which are what floods are made
/// of, leave room for the rest. Owner: the worker's thread.
/// </summary>
/// <param name="perSecond">Of each kind; a multiple of 1,000.</param>
internal sealed class NewFlowCap(int perSecond)
{
    /// <summary>Katran's limit for one core, of each kind.</summary>
    public const int DefaultPerSecond = 125_000;

    private RateLimit _opening = new(perSecond, perSecond / 8), _other = new(perSecond, perSecond / 8);

    /// <summary>For measuring what writing flows down costs.</summary>
    public static NewFlowCap None => new(int.MaxValue / 1000 * 1000);

    /// <summary>For measuring what flows cost: none is ever written down.</summary>
    public static NewFlowCap Closed => new(0);

    /// <param name="now">Monotonic milliseconds.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(bool isSyn, long now) => isSyn ? _opening.TryTake(now) : _other.TryTake(now);
}
