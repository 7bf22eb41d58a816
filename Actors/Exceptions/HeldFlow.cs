using RustyRail.Contract;
using RustyRail.Contract.Region;

namespace RustyRail.Actors.Exceptions;

/// <summary>A flow and the backend that it is at.</summary>
/// <param name="LastSeen">Monotonic seconds of this node when the last packet came, wherever that was; to the flow clock's precision.</param>
internal readonly record struct HeldFlow(ulong Hash, BackendId Backend, FlowClass Class, FlowState State, uint LastSeen)
{
    /// <summary>Monotonic seconds after which the flow is over if nobody sees it any more.</summary>
    public uint ExpiresAt => LastSeen + (FlowClock.IdleLimit(Class, State) * FlowMeta.TimeUnitSeconds);

    public static uint Seconds(long monotonicMilliseconds) => (uint)(monotonicMilliseconds / 1000);

    /// <summary>Not before this clock began: a machine may have been up for less long than a flow has been idle.</summary>
    public static uint SeenBefore(uint now, int age) => (uint)Math.Max(0, now - ((long)age * FlowMeta.TimeUnitSeconds));

    public int AgeAt(uint now) => (int)Math.Min(FlowMeta.TimeMask, (Math.Max(now, LastSeen) - LastSeen) / FlowMeta.TimeUnitSeconds);
}
