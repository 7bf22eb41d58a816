using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RustyRail.Contract.Region;

/// <summary>
/// The coarse time in flow entries: steps of <see cref="FlowMeta.TimeUnitSeconds"/> s, modulo 4,096 (4.5 hours). The sweep meets every
/// entry far more often than that, so the age of what it leaves is never ambiguous.
/// </summary>
internal readonly struct FlowClock
{
    /// <summary>
    /// TCP established: RFC 5382 section 5 (2 h 4 min), also of flows by address, which hold such connections. UDP: RFC 4787 section 4.3 (5 min).
    /// Opening is short, since a flood of SYNs makes such entries; closing outlasts the last acknowledgements.
    /// </summary>
    private const uint EstablishedLimit = 7440 / FlowMeta.TimeUnitSeconds, UdpLimit = 300 / FlowMeta.TimeUnitSeconds, BriefLimit = 60 / FlowMeta.TimeUnitSeconds;

    private FlowClock(uint now) => Now = now;

    public uint Now { get; }

    /// <param name="monotonicMilliseconds">A clock that all processes of the machine share: entries outlive the process.</param>
    public static FlowClock At(long monotonicMilliseconds) =>
        new((uint)(monotonicMilliseconds / (1000 * FlowMeta.TimeUnitSeconds)) & FlowMeta.TimeMask);

    public uint AgeOf(FlowMeta meta) => (Now - meta.Time) & FlowMeta.TimeMask;

    public bool IsExpired(FlowMeta meta) => AgeOf(meta) > IdleLimit(meta.Class, meta.State);

    /// <summary>Of several entries at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<uint> AgesOf(Vector256<uint> metas) => (Vector256.Create(Now) - (metas >> FlowMeta.TimeShift)) & Vector256.Create(FlowMeta.TimeMask);

    /// <summary>All bits of an element are set: it holds no flow, or an expired one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> AreFree(Vector256<uint> metas, Vector256<uint> ages)
    {
        Vector256<uint> classes = metas & Vector256.Create(FlowMeta.ClassMask), states = metas >> FlowMeta.StateShift;
        Vector256<uint> areUdp = Vector256.Equals(classes, Vector256.Create((uint)FlowClass.Udp << FlowMeta.BackendBits));
        Vector256<uint> areEstablished = Vector256.Equals(states, Vector256.Create((uint)FlowState.Established));
        Vector256<uint> limits = Vector256.ConditionalSelect(areUdp, Vector256.Create(UdpLimit), Vector256.ConditionalSelect(areEstablished, Vector256.Create(EstablishedLimit), Vector256.Create(BriefLimit)));
        // Neither is ever negative, so a signed comparison does, which the processor has.
        return Vector256.Equals(classes, Vector256<uint>.Zero) | Vector256.GreaterThan(ages.AsInt32(), limits.AsInt32()).AsUInt32();
    }

    /// <summary>In clock steps.</summary>
    public static uint IdleLimit(FlowClass flowClass, FlowState state) =>
        flowClass == FlowClass.Udp ? UdpLimit : state == FlowState.Established ? EstablishedLimit : BriefLimit;
}
