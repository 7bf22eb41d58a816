using RustyRail.Contract.Region;

namespace RustyRail.Dataplane.Forwarding;

/// <summary>What the clock says to all packets of one batch.</summary>
/// <param name="now"><see cref="RegionFile.Now"/></param>
internal readonly struct BatchTime(long now)
{
    /// <summary>Monotonic milliseconds.</summary>
    public long Now { get; } = now;

    public FlowClock Clock { get; } = FlowClock.At(now);

    /// <summary>State and time of an established flow that was seen in this step of the clock: its next quiet packet changes nothing.</summary>
    public uint QuietMeta { get; } = FlowMeta.Of(0, FlowClass.Empty, FlowClock.At(now).Now, FlowState.Established).Word;

    /// <summary>As the exception table counts; never 0.</summary>
    public uint ExceptionSeconds => Math.Max(1, (uint)(Now / 1000));
}
