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
    /// <summary>Outer header and GRE.</summary>
    public const int GreBytes = Ipv4Header.Size + GreHeader.Size;

    /// <summary>Version 4, five words, no fragment: bits of the header's first eight bytes.</summary>
    private const ulong FormBits = 0xFF3F_0000_0000_00FF, Form = Ipv4Header.WithoutOptions;

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
    /// <param name="withoutFlags">Of TCP; a packet with one of them is left too.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(byte* frame, int length, MacFilter mac, uint withoutFlags, out FixedLayout found)
    {
        Unsafe.SkipInit(out found);
        if (length < MinBytes) return false;
        byte* ip = frame + EthernetHeader.Size;
        ulong wrong = mac.Difference(frame) | (uint)(Unsafe.ReadUnaligned<ushort>(frame + 12) ^ EtherType.Ipv4Raw);
        wrong |= DifferenceOf(ip, length - EthernetHeader.Size, out int total, out uint protocol, out ulong addresses);
        found.Router = 0;
        if (protocol == IpProtocol.Gre << 8)
        {
            if (length < GreBytes + MinBytes) return false;
            wrong |= Unsafe.ReadUnaligned<uint>(ip + Ipv4Header.Size) ^ GreHeader.PlainIpv4Raw;
            found.Router = KnownMatches.Router((uint)addresses);
            ip += GreBytes;
            wrong |= DifferenceOf(ip, total - GreBytes, out total, out protocol, out addresses);
        }

        found.Addresses = addresses;
        found.Ports = Unsafe.ReadUnaligned<uint>(ip + Ipv4Header.Size);
        int room = total - Ipv4Header.Size;
        if (protocol == IpProtocol.Tcp << 8)
        {
            if (frame + length < ip + (Ipv4Header.Size + TcpHeader.Size)) return false;
            uint offsetAndFlags = Unsafe.ReadUnaligned<ushort>(ip + Ipv4Header.Size + 12);
            int header = (int)(offsetAndFlags & 0xF0) >> 2;
            found.TcpFlags = offsetAndFlags >> 8;
            found.Class = FlowClass.Tcp;
            return (wrong | (found.TcpFlags & withoutFlags) | Negative(header - TcpHeader.Size) | Negative(room - header)) == 0;
        }

        int udp = ((UdpHeader*)(ip + Ipv4Header.Size))->Length.Value;
        found.TcpFlags = 0;
        found.Class = FlowClass.Udp;
        return (wrong | (protocol ^ (IpProtocol.Udp << 8)) | Negative(udp - UdpHeader.Size) | Negative(room - udp)) == 0;
    }

    /// <summary>The IP header that names the VIP, in such a packet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* InnerOf(byte* frame, bool isInGre) => frame + (isInGre ? EthernetHeader.Size + GreBytes : EthernetHeader.Size);

    /// <summary>Its 20 bytes are readable; 0 if they are sound, of the form, and tell of no more than the bytes that are there.</summary>
    /// <param name="protocol">Where it lies in the third word.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong DifferenceOf(byte* ip, int available, out int total, out uint protocol, out ulong addresses)
    {
        ulong first = Unsafe.ReadUnaligned<ulong>(ip);
        uint second = Unsafe.ReadUnaligned<uint>(ip + 8);
        addresses = Unsafe.ReadUnaligned<ulong>(ip + 12);
        ulong sum = (uint)first + (first >> 32) + second + (uint)addresses + (addresses >> 32);
        protocol = second & 0xFF00;
        total = (ushort)(BinaryPrimitives.ReverseEndianness(first) >> 32);
        return ((first & FormBits) ^ Form) | Negative(available - total) | (InternetChecksum.IsValidSum(sum) ? 0UL : 1);
    }

    /// <summary>Not 0 if it is below 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Negative(int number) => (uint)number >> 31;
}
