namespace RustyRail.Contract.Region;

/// <summary>
/// The coarse time in flow entries: steps of <see cref="FlowMeta.TimeUnitSeconds"/> s, modulo 4,096 (4.5 hours). The sweep meets every
/// entry far more often than that, so the age of what it leaves is never ambiguous.
/// </summary>
internal readonly struct FlowClock
{
    private FlowClock(uint now) => Now = now;

    public uint Now { get; }

    /// <param name="monotonicMilliseconds">A clock that all processes of the machine share: entries outlive the process.</param>
    public static FlowClock At(long monotonicMilliseconds) =>
        new((uint)(monotonicMilliseconds / (1000 * FlowMeta.TimeUnitSeconds)) & FlowMeta.TimeMask);

    public uint AgeOf(FlowMeta meta) => (Now - meta.Time) & FlowMeta.TimeMask;

    public bool IsExpired(FlowMeta meta) => AgeOf(meta) > IdleLimit(meta.Class, meta.State);

    /// <summary>
    /// In clock steps. TCP established: RFC 5382 section 5 (2 h 4 min). Opening is short, since a flood of SYNs makes such entries; closing
    /// outlasts the last acknowledgements. UDP: RFC 4787 section 4.3 (5 min). Other: flows by address are established by TCP in them.
    /// </summary>
    public static uint IdleLimit(FlowClass flowClass, FlowState state)
    {
        int seconds = (flowClass, state) switch
        {
            (FlowClass.Tcp, FlowState.Opening) => 60,
            (FlowClass.Tcp, FlowState.Established) => 7440,
            (FlowClass.Tcp, FlowState.Closing) => 60,
            (FlowClass.Udp, _) => 300,
            (FlowClass.Other, FlowState.Established) => 7440,
            _ => 60,
        };
        return (uint)(seconds / FlowMeta.TimeUnitSeconds);
    }
}
