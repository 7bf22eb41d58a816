using System.Runtime.InteropServices;

namespace RustyRail.Contract.Region;

/// <summary>
/// A flow that some node knows to belong to another backend than the table says (design: connections survive a change of backends
/// and of balancers together). Writer: the control plane. Four fill a bucket of one cache line.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal struct ExceptionEntry
{
    /// <summary>Keyed flow hash; 0 = free. Written last when an entry is made; alone when one is cleared.</summary>
    public ulong Key;

    /// <summary>An <see cref="ExceptionValue"/>; an entry that changes is one store of this word.</summary>
    public ulong Value;

    /// <summary>The hash as it stands in <see cref="Key"/>.</summary>
    public static ulong KeyOf(ulong hash) => hash == 0 ? 1 : hash;
}

/// <summary>
/// Backend, class, state and end of an exception in one word, with a tag of the key it belongs to: a reader that was interrupted
/// between key and value while the entry changed hands sees that they do not belong together.
/// </summary>
internal readonly struct ExceptionValue(ulong word)
{
    private const int ClassAt = FlowMeta.BackendBits, StateAt = ClassAt + 2, TagAt = StateAt + 2, ExpiryAt = 32;
    private const ulong TagMask = (1 << (ExpiryAt - TagAt)) - 1;

    public ulong Word { get; } = word;

    public static ExceptionValue Of(ulong key, int backend, FlowClass flowClass, FlowState state, uint expiresAt) => new(
        (uint)backend | ((ulong)flowClass << ClassAt) | ((ulong)state << StateAt) | (Tag(key) << TagAt) | ((ulong)expiresAt << ExpiryAt));

    public int Backend => (int)(Word & ((1u << FlowMeta.BackendBits) - 1));
    public FlowClass Class => (FlowClass)((Word >> ClassAt) & 3);
    public FlowState State => (FlowState)((Word >> StateAt) & 3);

    /// <summary>Monotonic seconds after which it no longer counts.</summary>
    public uint ExpiresAt => (uint)(Word >> ExpiryAt);

    /// <summary>Monotonic seconds, to the flow clock's precision.</summary>
    public uint LastSeen
    {
        get
        {
            uint idle = FlowClock.IdleLimit(Class, State) * FlowMeta.TimeUnitSeconds;
            return ExpiresAt - Math.Min(idle, ExpiresAt);
        }
    }

    public bool IsOf(ulong key) => ((Word >> TagAt) & TagMask) == Tag(key);

    // Bits that no bucket is found by, so that the keys of one bucket differ in them.
    private static ulong Tag(ulong key) => ((key * 0xD6E8_FEB8_6659_FD93) >> 40) & TagMask;
}
