using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Forwarding.Matching;
using RustyRail.Dataplane.Packets;

namespace RustyRail.Dataplane.Forwarding.Parsing;

/// <summary>
/// What nearly every packet is: TCP or UDP over IPv4 without options, whole, plain or in GRE without options. Its headers lie at fixed
/// places and are judged by a few wide reads, by the rules of <see cref="Parser"/> and <see cref="Validator"/>; what is not of this form,
/// or not sound, is theirs to judge. Lives in registers.
/// </summary>
internal unsafe ref struct FixedLayout
{
    private const int MinBytes = EthernetHeader.Size + Ipv4Header.Size + UdpHeader.Size;
    private const int GreBytes = Ipv4Header.Size + GreHeader.Size;

    /// <summary>Version 4, five words, no fragment: bits of the header's first eight bytes.</summary>
    private const ulong FormBits = 0xFF3F_0000_0000_00FF, Form = Ipv4Header.WithoutOptions;

    /// <summary>The first header, of router-made GRE or of the packet itself, in words.</summary>
    public ulong FirstWord;
    public uint SecondWord;

    /// <summary>Length of the whole IP packet, outer header included, Ethernet padding excluded.</summary>
    public int PacketLength;

    /// <summary>Of the packet that names the VIP.</summary>
    public int InnerLength;

    /// <summary>Who made the outer header, as <see cref="KnownMatches"/> names it; 0 for a plain packet.</summary>
    public ulong Router;

    /// <summary>Of the inner header: source in the low, destination in the high half, packet order.</summary>
    public ulong Addresses;

    /// <summary>Source port in the low, destination port in the high half, packet order.</summary>
    public uint Ports;
    public FlowClass Class;

    /// <summary>0 for UDP.</summary>
    public uint TcpFlags;

    public readonly bool IsInGre => Router != 0;

    /// <summary>
    /// True: all of it is set and sound. Reads nothing behind <paramref name="length"/>. What differs is gathered and asked for once, since
    /// a branch costs more than an operation, and nearly always nothing does.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(byte* frame, int length, MacFilter mac, out FixedLayout found)
    {
        Unsafe.SkipInit(out found);
        if (length < MinBytes) return false;
        byte* ip = frame + EthernetHeader.Size;
        found.FirstWord = Unsafe.ReadUnaligned<ulong>(ip);
        found.SecondWord = Unsafe.ReadUnaligned<uint>(ip + 8);
        ulong wrong = mac.Difference(frame) | (uint)(Unsafe.ReadUnaligned<ushort>(frame + 12) ^ EtherType.Ipv4Raw);
        if (!TryHeader(ip, found.FirstWord, found.SecondWord, wrong, length - EthernetHeader.Size, out int total, out ulong addresses)) return false;
        found.Router = 0;
        found.PacketLength = total;
        uint protocol = found.SecondWord & 0xFF00;
        if (protocol == IpProtocol.Gre << 8)
        {
            if (total < GreBytes + Ipv4Header.Size + UdpHeader.Size) return false;
            wrong = Unsafe.ReadUnaligned<uint>(ip + Ipv4Header.Size) ^ GreHeader.PlainIpv4Raw;
            found.Router = KnownMatches.Router((uint)addresses);
            ip += GreBytes;
            uint second = Unsafe.ReadUnaligned<uint>(ip + 8);
            if (!TryHeader(ip, Unsafe.ReadUnaligned<ulong>(ip), second, wrong, total - GreBytes, out total, out addresses)) return false;
            protocol = second & 0xFF00;
        }

        found.InnerLength = total;
        found.Addresses = addresses;
        found.Ports = Unsafe.ReadUnaligned<uint>(ip + Ipv4Header.Size);
        int room = total - Ipv4Header.Size;
        if (protocol == IpProtocol.Tcp << 8)
        {
            if (room < TcpHeader.Size) return false;
            uint offsetAndFlags = Unsafe.ReadUnaligned<ushort>(ip + Ipv4Header.Size + 12);
            uint options = ((offsetAndFlags & 0xF0) >> 2) - TcpHeader.Size;
            if (options > (uint)room - TcpHeader.Size) return false;
            found.TcpFlags = offsetAndFlags >> 8;
            found.Class = FlowClass.Tcp;
        }
        else
        {
            if (protocol != IpProtocol.Udp << 8 || room < UdpHeader.Size) return false;
            uint data = ((UdpHeader*)(ip + Ipv4Header.Size))->Length.Value - (uint)UdpHeader.Size;
            if (data > (uint)room - UdpHeader.Size) return false;
            found.TcpFlags = 0;
            found.Class = FlowClass.Udp;
        }

        return true;
    }

    /// <summary>The IP header that names the VIP, in such a packet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* InnerOf(byte* frame, bool isInGre) => frame + (isInGre ? EthernetHeader.Size + GreBytes : EthernetHeader.Size);

    /// <summary>Its 20 bytes are readable; true if they are sound, of the form, and tell of no more than the bytes that are there.</summary>
    /// <param name="wrong">Not 0: false.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryHeader(byte* ip, ulong first, uint second, ulong wrong, int available, out int total, out ulong addresses)
    {
        addresses = Unsafe.ReadUnaligned<ulong>(ip + 12);
        total = (ushort)(BinaryPrimitives.ReverseEndianness(first) >> 32);
        wrong |= ((first & FormBits) ^ Form) | ((uint)(available - total) >> 31);
        ulong sum = (uint)first + (first >> 32) + second + (uint)addresses + (addresses >> 32);
        return wrong == 0 && InternetChecksum.IsValidSum(sum);
    }
}
