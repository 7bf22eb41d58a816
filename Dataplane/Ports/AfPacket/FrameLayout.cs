using RustyRail.Dataplane.Native;

namespace RustyRail.Dataplane.Ports.AfPacket;

/// <summary>
/// Where frames lie in a receive ring of fixed slots: the kernel's header, room to encapsulate into, the frame. Slots are powers of two and
/// fill whole blocks, so that the ring is one array.
/// </summary>
internal readonly record struct FrameLayout(int SlotBytes, int Slots, int BlockBytes)
{
    /// <summary>
    /// Asked for in front of each frame. With the 16-byte steps in which the kernel counts, and the offload header of 10 bytes, the IP header
    /// begins at a multiple of 16 and <see cref="FrameAt"/> is 178.
    /// </summary>
    public const int ReserveBytes = 102;

    /// <summary>Where the kernel puts the Ethernet header.</summary>
    public const int FrameAt = 178;

    /// <summary>The kernel's header ends here; everything from here to the frame is headroom once the frame is received.</summary>
    public const int HeaderBytes = 32;

    private const int EthernetBytes = 14, InnerTagBytes = 4, MinSlotBytes = 2048, MinBlockBytes = 1 << 16, MaxRingBytes = 32 << 20, MinSlots = 256;

    public static FrameLayout For(int mtuBytes, int slots)
    {
        int slotBytes = MinSlotBytes;
        while (slotBytes < FrameAt + EthernetBytes + InnerTagBytes + mtuBytes) slotBytes *= 2;
        int blockBytes = Math.Max(MinBlockBytes, slotBytes), perBlock = blockBytes / slotBytes;
        slots = Math.Max(Math.Min(slots, MaxRingBytes / slotBytes), Math.Min(slots, MinSlots));
        return new FrameLayout(slotBytes, (slots + perBlock - 1) / perBlock * perBlock, blockBytes);
    }

    public tpacket_req Request() => new()
    {
        tp_block_size = (uint)BlockBytes, tp_block_nr = (uint)((long)Slots * SlotBytes / BlockBytes), tp_frame_size = (uint)SlotBytes, tp_frame_nr = (uint)Slots,
    };
}
