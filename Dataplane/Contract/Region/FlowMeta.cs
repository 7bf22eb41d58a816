namespace RustyRail.Contract.Region;

/// <summary>
/// What a flow's entry knows beside its key, in one word: backend, protocol class, coarse time and state. A store of the word changes a flow
/// as a whole.
/// </summary>
internal readonly record struct FlowMeta(uint Word)
{
    public const int BackendBits = 14, TimeBits = 12, TimeShift = 16, StateShift = TimeShift + TimeBits;

    /// <summary>Seconds per step of <see cref="Time"/>: 12 bits wrap after 4.5 hours.</summary>
    public const int TimeUnitSeconds = 4;

    public const uint BackendMask = (1u << BackendBits) - 1;
    public const uint ClassMask = 3u << BackendBits;
    public const uint StateAndTimeMask = 0xFFFF_0000;
    public const uint TimeMask = (1u << TimeBits) - 1;

    public int Backend => (int)(Word & BackendMask);
    public FlowClass Class => (FlowClass)((Word >> BackendBits) & 3);
    public uint Time => (Word >> TimeShift) & TimeMask;
    public FlowState State => (FlowState)(Word >> StateShift);

    public static FlowMeta Of(int backend, FlowClass flowClass, uint time, FlowState state) =>
        new((uint)backend | ((uint)flowClass << BackendBits) | ((time & TimeMask) << TimeShift) | ((uint)state << StateShift));
}

/// <summary>Part of the key. <see cref="Empty"/> marks a free entry.</summary>
internal enum FlowClass : byte { Empty = 0, Tcp = 1, Udp = 2, Other = 3 }

/// <summary>Decides the idle time-out. TCP's follows the one direction a direct-return balancer sees.</summary>
internal enum FlowState : byte { Opening = 0, Established = 1, Closing = 2 }
