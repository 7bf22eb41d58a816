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

    /// <summary>Reason.None, or why nothing was changed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Reason ToGre(PacketSlot* slot, PacketWork* work, BackendRecord* backend)
    {
        if ((backend->Flags & BackendFlags.NextHop) == 0) return Reason.NoNextHop;
        Ipv4Header* outer = work->Outer;
        if (outer == null) return Encapsulate(ref *slot, ref *work, backend);
        if (outer->TimeToLive <= 1) return Reason.TtlExpired;
        if (work->PacketLength > backend->MtuBytes) return Reason.TooBig;
        if (outer->HeaderLength == Ipv4Header.Size) Rewrite20(outer, backend);
        else RewriteWithOptions(outer, backend);
        WriteMacs(slot->Data, backend);
        slot->Length = EthernetHeader.Size + work->PacketLength;
        return Reason.None;
    }

    /// <summary>In whole words: bytes that were just written and are read in a wider word would wait for each other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rewrite20(Ipv4Header* outer, BackendRecord* backend)
    {
        ulong first = (Unsafe.ReadUnaligned<ulong>(outer) & 0x0000_FFFF_FFFF_FFFF) | ((ulong)DontFragmentRaw << 48);
        // TTL, which is at least 2, and protocol; the checksum's place is 0.
        uint middle = (Unsafe.ReadUnaligned<uint>((byte*)outer + 8) & 0xFFFF) - 1;
        uint source = backend->Source.Ipv4, destination = backend->Address.Ipv4;
        ulong sum = (first & 0xFFFF_FFFF) + (first >> 32) + middle + source + destination;
        Unsafe.WriteUnaligned(outer, first);
        Unsafe.WriteUnaligned((byte*)outer + 8, middle | ((uint)InternetChecksum.Finish(sum) << 16));
        Unsafe.WriteUnaligned((byte*)outer + 12, source | ((ulong)destination << 32));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RewriteWithOptions(Ipv4Header* outer, BackendRecord* backend)
    {
        outer->TimeToLive--;
        outer->FragmentField.Raw = DontFragmentRaw;
        WriteAddresses(outer, backend);
        SetChecksum(outer, outer->HeaderLength);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Reason Encapsulate(ref PacketSlot slot, ref PacketWork work, BackendRecord* backend)
    {
        int length = work.PacketLength + GreOverheadBytes;
        if (length > backend->MtuBytes || !TryMakeRoom(ref slot, ref work)) return Reason.TooBig;
        byte* frame = slot.Data - GreOverheadBytes;
        Ipv4Header* outer = (Ipv4Header*)(frame + EthernetHeader.Size);
        outer->VersionAndLength = 0x45;
        // RFC 6040 section 4.1, normal mode: DSCP and ECN as the inner header has them.
        outer->TypeOfService = work.Inner->TypeOfService;
        outer->TotalLength.Value = (ushort)length;
        // RFC 6864 section 4: an atomic datagram needs no identification.
        outer->Identification.Raw = 0;
        outer->FragmentField.Raw = DontFragmentRaw;
        outer->TimeToLive = NewTimeToLive;
        outer->Protocol = IpProtocol.Gre;
        WriteAddresses(outer, backend);
        SetChecksum(outer, Ipv4Header.Size);
        GreHeader* gre = (GreHeader*)(outer + 1);
        gre->FlagsAndVersion.Raw = 0;
        gre->Protocol.Raw = EtherType.Ipv4Raw;
        slot.Headroom -= GreOverheadBytes;
        WriteMacs(frame, backend);
        ((EthernetHeader*)frame)->EtherType.Raw = EtherType.Ipv4Raw;
        slot.Data = frame;
        // The frame ends where its packet does: padding stays behind.
        slot.Length = EthernetHeader.Size + length;
        return Reason.None;
    }

    /// <summary>A port without headroom (a netmap pipe) has room behind the frame instead: the packet moves up, its padding stays behind.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryMakeRoom(ref PacketSlot slot, ref PacketWork work) =>
        slot.Headroom >= GreOverheadBytes || TryMoveUp(ref slot, ref work, GreOverheadBytes - slot.Headroom);

    private static bool TryMoveUp(ref PacketSlot slot, ref PacketWork work, int bytes)
    {
        int used = EthernetHeader.Size + work.PacketLength;
        if (slot.Length - used + slot.Tailroom < bytes) return false;
        Buffer.MemoryCopy(slot.Data, slot.Data + bytes, used, used);
        slot.Data += bytes;
        slot.Headroom += bytes;
        slot.Tailroom -= bytes;
        work.Inner = (Ipv4Header*)((byte*)work.Inner + bytes);
        return true;
    }

    private static void WriteAddresses(Ipv4Header* outer, BackendRecord* backend)
    {
        outer->Source = backend->Source.Ipv4;
        outer->Destination = backend->Address.Ipv4;
    }

    private static void SetChecksum(Ipv4Header* header, int length)
    {
        header->Checksum = 0;
        header->Checksum = InternetChecksum.ComputeIpv4((byte*)header, length);
    }

    private static void WriteMacs(byte* frame, BackendRecord* backend)
    {
        Unsafe.WriteUnaligned(frame, Unsafe.ReadUnaligned<ulong>(backend->Macs));
        Unsafe.WriteUnaligned(frame + 8, Unsafe.ReadUnaligned<uint>(backend->Macs + 8));
    }
}
