using System.Runtime.CompilerServices;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Packets;
using static RustyRail.Dataplane.Native.PacketAbi;

namespace RustyRail.Dataplane.Ports.AfPacket;

/// <summary>From what the kernel hands over to the frame as it was on the wire.</summary>
internal static unsafe class ReceivedFrame
{
    /// <summary>Statuses of frames that <see cref="Mend"/> must see.</summary>
    public const uint Unfinished = TP_STATUS_VLAN_VALID | TP_STATUS_CSUMNOTREADY;

    private const int AddressBytes = 12, TagBytes = 4;

    /// <summary>Segments merged by the receive side, or not yet cut by a local sender: longer than any wire takes. None is sent on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsWhole(tpacket2_hdr* header) =>
        header->tp_snaplen == header->tp_len && Offloads(header)->gso_type == VIRTIO_NET_HDR_GSO_NONE;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Mend(tpacket2_hdr* header, ref PacketSlot slot)
    {
        // The checksum first: its place is counted from the frame as the kernel has it, and the tag is written over what says where that is.
        if ((header->tp_status & TP_STATUS_CSUMNOTREADY) != 0) CompleteChecksum(Offloads(header), slot);
        if ((header->tp_status & TP_STATUS_VLAN_VALID) != 0) PutTagBack(header, ref slot);
    }

    /// <summary>The kernel takes the outer tag out of every frame.</summary>
    private static void PutTagBack(tpacket2_hdr* header, ref PacketSlot slot)
    {
        ushort type = (header->tp_status & TP_STATUS_VLAN_TPID_VALID) != 0 ? header->tp_vlan_tpid : ETH_P_8021Q;
        byte* to = slot.Data - TagBytes;
        new ReadOnlySpan<byte>(slot.Data, AddressBytes).CopyTo(new Span<byte>(to, AddressBytes));
        ((U16Be*)(to + AddressBytes))->Value = type;
        ((U16Be*)(to + AddressBytes + 2))->Value = header->tp_vlan_tci;
        slot.Data = to;
        slot.Length += TagBytes;
        slot.Headroom -= TagBytes;
    }

    /// <summary>
    /// A sender on this machine (over veth) leaves TCP's and UDP's checksum to a device that never comes: the field holds the sum of the
    /// pseudo header, and the offload header says where it is.
    /// </summary>
    private static void CompleteChecksum(virtio_net_hdr* offloads, in PacketSlot slot)
    {
        int start = offloads->csum_start, at = start + offloads->csum_offset;
        if ((offloads->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) == 0 || at + sizeof(ushort) > slot.Length) return;
        ushort sum = InternetChecksum.Compute(slot.Data + start, slot.Length - start);
        // 0 means "none" for UDP; both are zero in one's complement.
        Unsafe.WriteUnaligned(slot.Data + at, sum == 0 ? ushort.MaxValue : sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static virtio_net_hdr* Offloads(tpacket2_hdr* header) => (virtio_net_hdr*)((byte*)header + header->tp_mac - sizeof(virtio_net_hdr));
}
