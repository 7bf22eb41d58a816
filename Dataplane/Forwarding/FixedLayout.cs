using System.Runtime.CompilerServices;
using RustyRail.Dataplane.Packets;

namespace RustyRail.Dataplane.Forwarding;

/// <summary>
/// What nearly every packet is: TCP or UDP over IPv4 without options, whole, plain or in GRE without options. Its headers lie at fixed
/// places and are judged by a few wide reads, by the rules of <see cref="Parser"/> and <see cref="Validator"/>; what is not of this form,
/// or not sound, is theirs to judge.
/// </summary>
internal static unsafe class FixedLayout
{
    private const int MinBytes = EthernetHeader.Size + Ipv4Header.Size + UdpHeader.Size;
    private const int GreBytes = Ipv4Header.Size + GreHeader.Size;
    private const byte VersionAndLength = 0x45;

    /// <summary>EtherType IPv4, then version 4 and five words, as they lie at byte 12.</summary>
    private const ulong Ipv4Start = (VersionAndLength << 16) | EtherType.Ipv4Raw;

    /// <summary>GRE without flags, version 0, IPv4 inside.</summary>
    private const uint PlainGre = (uint)EtherType.Ipv4Raw << 16;

    private const ushort FragmentBitsRaw = 0xFF3F;

    /// <summary>True: Inner, Outer and PacketLength are set, everything up to the transport header's fixed part is sound.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryLocate(byte* frame, int length, ulong deviceMac, ref PacketWork work)
    {
        if (length < MinBytes) return false;
        ulong start = Unsafe.ReadUnaligned<ulong>(frame + 12);
        if ((start & 0xFF_FFFF) != Ipv4Start) return false;
        if (deviceMac != 0 && (Unsafe.ReadUnaligned<ulong>(frame) & 0xFFFF_FFFF_FFFF) != deviceMac) return false;
        Ipv4Header* first = (Ipv4Header*)(frame + EthernetHeader.Size);
        int total = first->TotalLength.Value;
        if (total > length - EthernetHeader.Size || !IsWhole(first)) return false;
        work.PacketLength = (ushort)total;
        if (first->Protocol != IpProtocol.Gre)
        {
            work.Outer = null;
            work.Inner = first;
            return HasTransport(first, total);
        }

        Ipv4Header* inner = (Ipv4Header*)((byte*)first + GreBytes);
        if (total < GreBytes + Ipv4Header.Size + UdpHeader.Size || *(uint*)(first + 1) != PlainGre) return false;
        int innerTotal = inner->TotalLength.Value;
        if (inner->VersionAndLength != VersionAndLength || innerTotal > total - GreBytes || !IsWhole(inner)) return false;
        work.Outer = first;
        work.Inner = inner;
        return HasTransport(inner, innerTotal);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsWhole(Ipv4Header* ip) => (ip->FragmentField.Raw & FragmentBitsRaw) == 0 && InternetChecksum.IsValid20((byte*)ip);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool HasTransport(Ipv4Header* ip, int total)
    {
        int room = total - Ipv4Header.Size;
        if (ip->Protocol == IpProtocol.Tcp)
        {
            if (room < TcpHeader.Size) return false;
            int header = ((TcpHeader*)(ip + 1))->HeaderLength;
            return header >= TcpHeader.Size && header <= room;
        }

        if (ip->Protocol != IpProtocol.Udp || room < UdpHeader.Size) return false;
        int stated = ((UdpHeader*)(ip + 1))->Length.Value;
        return stated >= UdpHeader.Size && stated <= room;
    }
}
