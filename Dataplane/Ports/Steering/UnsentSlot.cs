using System.Runtime.CompilerServices;

namespace RustyRail.Dataplane.Ports.Steering;

/// <summary>How a slot on its way back says that it is not to be sent: by its length, which no frame can have.</summary>
internal static class UnsentSlot
{
    public static PacketSlot Of(in PacketSlot slot)
    {
        PacketSlot unsent = slot;
        unsent.Length = ~slot.Length;
        return unsent;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Is(in PacketSlot slot) => slot.Length < 0;

    /// <summary>As it was before.</summary>
    public static PacketSlot Restore(in PacketSlot unsent) => Of(unsent);

    /// <summary>How many from the first on are to be sent.</summary>
    public static int RunBefore(ReadOnlySpan<PacketSlot> slots)
    {
        int run = 0;
        while (run < slots.Length && !Is(slots[run])) run++;
        return run;
    }
}
