using System.Runtime.CompilerServices;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Ports;

namespace RustyRail.Dataplane.Forwarding.Sending;

/// <summary>GRE over IPv4 in front of a plain IPv4 packet of the usual form: what <see cref="Tunnel"/> does of any, with what is known of these.</summary>
internal static unsafe class GreInFront
{
    private const int Bytes = Ipv4Header.Size + GreHeader.Size;

    /// <summary>False, and nothing is changed: it is too long, or has no room in front.</summary>
    /// <param name="length">Of the IP packet, which begins right behind an Ethernet header without tags.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryWrite(PacketSlot* slot, int length, BackendRecord* backend)
    {
        if (((backend->MtuBytes - length - Bytes) | (slot->Headroom - Bytes)) < 0) return false;
        byte* frame = slot->Data - Bytes;
        byte trafficClass = slot->Data[EthernetHeader.Size + 1];
        OuterHeader.WriteNewIpv4(frame + EthernetHeader.Size, backend, IpProtocol.Gre, trafficClass, GreHeader.Size + length);
        Unsafe.WriteUnaligned(frame + EthernetHeader.Size + Ipv4Header.Size, GreHeader.PlainIpv4Raw);
        Framing.WriteMacs(frame, backend->Macs);
        Unsafe.WriteUnaligned(frame + EthernetHeader.Size - 2, EtherType.Ipv4Raw);
        slot->Tailroom += slot->Length - EthernetHeader.Size - length;
        slot->Data = frame;
        slot->Length = EthernetHeader.Size + Bytes + length;
        slot->Headroom -= Bytes;
        return true;
    }
}
