using System.Runtime.CompilerServices;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Ports;

namespace RustyRail.Dataplane.Forwarding.Sending;

/// <summary>Takes the headers before an IP packet off a frame and makes room for others, within the head and tail room of its buffer.</summary>
internal static unsafe class Framing
{
    /// <summary>
    /// The frame becomes its Ethernet header (MACs and VLAN tags as they were), <paramref name="room"/> unwritten bytes, and the bytes from
    /// <see cref="PacketWork.Inner"/> on. What follows them stays behind. Null, and nothing is changed: they do not fit.
    /// </summary>
    /// <param name="length">Of those bytes.</param>
    /// <param name="etherType">Packet order, of what the room is for, or of the packet itself.</param>
    /// <returns>The room.</returns>
    public static byte* Reframe(PacketSlot* slot, PacketWork* packet, int room, int length, ushort etherType)
    {
        byte* inner = packet->Inner, old = slot->Data, bufferStart = old - slot->Headroom, bufferEnd = old + slot->Length + slot->Tailroom;
        int ethernetBytes = (int)(packet->First - old);
        (ulong macs, ulong macsAndTags, ulong tags) = (Unsafe.ReadUnaligned<ulong>(old), Unsafe.ReadUnaligned<ulong>(old + 8), Unsafe.ReadUnaligned<ulong>(old + 12));
        int missing = ethernetBytes + room - (int)(inner - bufferStart);
        if (missing > 0)
        {
            // A port without headroom (a netmap pipe) has room behind the frame instead.
            if (missing > bufferEnd - inner - length) return null;
            MoveUp(inner, length, missing);
            inner += missing;
        }

        byte* start = inner - room - ethernetBytes;
        Unsafe.WriteUnaligned(start, macs);
        Unsafe.WriteUnaligned(start + 8, (uint)macsAndTags);
        if (ethernetBytes > EthernetHeader.Size) WriteTags(start + 12, tags, ethernetBytes - EthernetHeader.Size);
        Unsafe.WriteUnaligned(start + ethernetBytes - 2, etherType);
        slot->Data = start;
        slot->Length = ethernetBytes + room + length;
        slot->Headroom = (int)(start - bufferStart);
        slot->Tailroom = (int)(bufferEnd - start) - slot->Length;
        packet->Inner = inner;
        return start + ethernetBytes;
    }

    /// <summary>Destination and source, as they stand in the frame.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteMacs(byte* frame, byte* macs)
    {
        Unsafe.WriteUnaligned(frame, Unsafe.ReadUnaligned<ulong>(macs));
        Unsafe.WriteUnaligned(frame + 8, Unsafe.ReadUnaligned<uint>(macs + 8));
    }

    /// <summary>Back to where it came from.</summary>
    public static void SwapMacs(byte* frame)
    {
        (uint low, ushort high) = (Unsafe.ReadUnaligned<uint>(frame), Unsafe.ReadUnaligned<ushort>(frame + 4));
        Unsafe.WriteUnaligned(frame, Unsafe.ReadUnaligned<uint>(frame + 6));
        Unsafe.WriteUnaligned(frame + 4, Unsafe.ReadUnaligned<ushort>(frame + 10));
        Unsafe.WriteUnaligned(frame + 6, low);
        Unsafe.WriteUnaligned(frame + 10, high);
    }

    private static void WriteTags(byte* at, ulong tags, int bytes)
    {
        Unsafe.WriteUnaligned(at, (uint)tags);
        if (bytes > EthernetHeader.TagSize) Unsafe.WriteUnaligned(at + EthernetHeader.TagSize, (uint)(tags >> 32));
    }

    /// <summary>Word by word from behind: a small packet is there before a call for a large one has begun.</summary>
    private static void MoveUp(byte* from, int length, int bytes)
    {
        const int Word = sizeof(ulong), Small = 192;
        byte* to = from + bytes;
        if (length > Small || bytes < Word || length < Word)
        {
            Buffer.MemoryCopy(from, to, length, length);
            return;
        }

        for (int at = length - Word; at > 0; at -= Word) Unsafe.WriteUnaligned(to + at, Unsafe.ReadUnaligned<ulong>(from + at));
        Unsafe.WriteUnaligned(to, Unsafe.ReadUnaligned<ulong>(from));
    }
}
