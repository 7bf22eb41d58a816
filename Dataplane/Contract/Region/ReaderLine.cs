using System.Runtime.InteropServices;

namespace RustyRail.Contract.Region;

/// <summary>
/// What one snapshot reader tells the publisher. Two cache lines, so that the heartbeat does not drag the acknowledgement along.
/// Writer: that reader alone.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal struct ReaderLine
{
    /// <summary>Value of <see cref="Pinned"/> for a reader that uses no snapshot: asleep, stopped or never started.</summary>
    public const long Quiescent = 0;

    /// <summary>The generation in use. The slot of a pinned generation is not written.</summary>
    [FieldOffset(0)] public long Pinned;

    /// <summary>Every flow entry left names a backend that this generation still knew; see BackendSlots.</summary>
    [FieldOffset(8)] public long SweptGeneration;

    /// <summary>Monotonic milliseconds of the last loop turn.</summary>
    [FieldOffset(64)] public long Heartbeat;
}
