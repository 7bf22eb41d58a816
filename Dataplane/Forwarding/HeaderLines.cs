using RustyRail.Dataplane.Ports;

namespace RustyRail.Dataplane.Forwarding;

/// <summary>The cache lines in which the headers of a batch lie.</summary>
internal static unsafe class HeaderLines
{
    private const int InSecondLine = 70;

    /// <summary>
    /// Another processor or a device wrote the frames: reading the lines of all headers in one short loop gets them side by side, where one after
    /// the other each packet would wait twice. Returns the bytes of all frames.
    /// </summary>
    /// <param name="touched">Is given what was read, so that it is.</param>
    public static ulong Touch(PacketSlot* slot, int count, ref uint touched)
    {
        uint read = 0;
        ulong bytes = 0;
        for (PacketSlot* end = slot + count; slot < end; slot++)
        {
            int length = slot->Length;
            bytes += (uint)length;
            if (length > InSecondLine) read += *slot->Data + (uint)slot->Data[InSecondLine];
        }

        touched = read;
        return bytes;
    }
}
