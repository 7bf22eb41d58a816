using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Ports;

namespace RustyRail.Dataplane.Forwarding;

/// <summary>Turns a packet for a VIP into GRE for its backend: in place when a router made it GRE, else with new headers in front.</summary>
internal static unsafe class Encapsulator
{
    private const int GreOverheadBytes = Ipv4Header.Size + GreHeader.Size;
    private const byte NewTimeToLive = 64;
    private const ushort DontFragmentRaw = 0x0040;

    /// <summary>The same in the header's first eight bytes.</summary>
    private const ulong DontFragment = (ulong)DontFragmentRaw << 48;

    /// <summary>False: the packet is dropped and nothing of it was changed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryToGre(PacketSlot* slot, PacketWork* packet, BackendRecord* backend)
    {
        Ipv4Header* outer = packet->Outer;
        if (outer == null) return TryEncapsulate(slot, packet, backend);
        int length = packet->PacketLength;
        ulong first = Unsafe.ReadUnaligned<ulong>(outer);
        uint middle = Unsafe.ReadUnaligned<uint>((byte*)outer + 8);
        int timeToLive = (byte)middle;
        uint tooMuch = (uint)((timeToLive - 2) | (backend->MtuBytes - length)) >> 31;
        if ((((uint)first ^ Ipv4Header.WithoutOptions) & 0xFF | tooMuch) != 0) return TryRewriteOther(slot, packet, backend);

        // In whole words: bytes that were just written and are read in a wider word would wait for each other.
        WriteHeader((byte*)outer, (first & 0x0000_FFFF_FFFF_FFFF) | DontFragment, (middle & 0xFFFF) - 1, backend);
        byte* frame = slot->Data;
        WriteMacs(frame, backend);
        slot->Length = EthernetHeader.Size + length;
        return true;
    }

    /// <param name="first">Version to fragment bits.</param>
    /// <param name="middle">TTL and protocol; 0 where the checksum goes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteHeader(byte* header, ulong first, uint middle, BackendRecord* backend)
    {
        uint source = backend->Source.Ipv4, destination = backend->Address.Ipv4;
        ulong sum = (uint)first + (first >> 32) + middle + source + destination;
        Unsafe.WriteUnaligned(header, first);
        Unsafe.WriteUnaligned(header + 8, middle | ((uint)InternetChecksum.Finish(sum) << 16));
        Unsafe.WriteUnaligned(header + 12, source | ((ulong)destination << 32));
    }

    /// <summary>With options, or not to be forwarded.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryRewriteOther(PacketSlot* slot, PacketWork* packet, BackendRecord* backend)
    {
        Ipv4Header* outer = packet->Outer;
        if (outer->TimeToLive <= 1) return Refused(packet, Reason.TtlExpired);
        if (packet->PacketLength > backend->MtuBytes) return Refused(packet, Reason.TooBig);
        outer->TimeToLive--;
        outer->FragmentField.Raw = DontFragmentRaw;
        outer->Source = backend->Source.Ipv4;
        outer->Destination = backend->Address.Ipv4;
        outer->Checksum = 0;
        outer->Checksum = InternetChecksum.ComputeIpv4((byte*)outer, outer->HeaderLength);
        WriteMacs(slot->Data, backend);
        slot->Length = EthernetHeader.Size + packet->PacketLength;
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryEncapsulate(PacketSlot* slot, PacketWork* packet, BackendRecord* backend)
    {
        int length = packet->PacketLength + GreOverheadBytes;
        if (length > backend->MtuBytes || !TryMakeRoom(slot, packet)) return Refused(packet, Reason.TooBig);
        byte* frame = slot->Data - GreOverheadBytes;
        // RFC 6040 section 4.1, normal mode: DSCP and ECN as the inner header has them. RFC 6864 section 4: an atomic datagram needs no
        // identification.
        ulong first = Ipv4Header.WithoutOptions | ((ulong)((Ipv4Header*)(slot->Data + EthernetHeader.Size))->TypeOfService << 8) | ((ulong)BinaryPrimitives.ReverseEndianness((ushort)length) << 16) | DontFragment;
        WriteHeader(frame + EthernetHeader.Size, first, NewTimeToLive | (IpProtocol.Gre << 8), backend);
        Unsafe.WriteUnaligned(frame + EthernetHeader.Size + Ipv4Header.Size, GreHeader.PlainIpv4Raw);
        WriteMacs(frame, backend);
        Unsafe.WriteUnaligned(frame + 12, EtherType.Ipv4Raw);
        slot->Data = frame;
        slot->Headroom -= GreOverheadBytes;
        // The frame ends where its packet does: padding stays behind.
        slot->Length = EthernetHeader.Size + length;
        return true;
    }

    private static bool Refused(PacketWork* packet, Reason reason)
    {
        packet->Drop(reason);
        return false;
    }

    /// <summary>A port without headroom (a netmap pipe) has room behind the frame instead: the packet moves up, its padding stays behind.</summary>
    private static bool TryMakeRoom(PacketSlot* slot, PacketWork* packet)
    {
        int bytes = GreOverheadBytes - slot->Headroom;
        if (bytes <= 0) return true;
        int used = EthernetHeader.Size + packet->PacketLength;
        if (slot->Length - used + slot->Tailroom < bytes) return false;
        MoveUp(slot->Data, used, bytes);
        slot->Data += bytes;
        slot->Headroom += bytes;
        slot->Tailroom -= bytes;
        return true;
    }

    /// <summary>Word by word from behind: a small packet is there before a call for a large one has begun.</summary>
    private static void MoveUp(byte* from, int length, int bytes)
    {
        const int Word = sizeof(ulong), Small = 192;
        byte* to = from + bytes;
        if (length > Small || bytes < Word)
        {
            Buffer.MemoryCopy(from, to, length, length);
            return;
        }

        for (int at = length - Word; at > 0; at -= Word) Unsafe.WriteUnaligned(to + at, Unsafe.ReadUnaligned<ulong>(from + at));
        Unsafe.WriteUnaligned(to, Unsafe.ReadUnaligned<ulong>(from));
    }

    private static void WriteMacs(byte* frame, BackendRecord* backend)
    {
        Unsafe.WriteUnaligned(frame, Unsafe.ReadUnaligned<ulong>(backend->Macs));
        Unsafe.WriteUnaligned(frame + 8, Unsafe.ReadUnaligned<uint>(backend->Macs + 8));
    }
}
