using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Packets;

namespace RustyRail.Dataplane.Forwarding;

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

    /// <summary>Outer IPv4 header of router-made GRE, or null for a plain packet.</summary>
    public Ipv4Header* Outer;

    /// <summary>Of the inner header: source in the low, destination in the high half, packet order.</summary>
    public ulong Addresses;

    /// <summary>Who made the outer header, as <see cref="KnownMatches"/> names it; 0 without one.</summary>
    public ulong Router;

    /// <summary>Source port in the low, destination port in the high half, packet order.</summary>
    public uint Ports;
    public FlowClass Class;

    /// <summary>0 for UDP.</summary>
    public uint TcpFlags;

    /// <summary>Length of the whole IP packet, outer header included, Ethernet padding excluded.</summary>
    public int PacketLength;

    /// <summary>
    /// True: all of it is set and sound. Reads nothing behind <paramref name="length"/>. What differs is gathered and asked for once, since
    /// a branch costs more than an operation, and nearly always nothing does.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(byte* frame, int length, MacFilter mac, out FixedLayout found)
    {
        Unsafe.SkipInit(out found);
        if (length < MinBytes) return false;
        Ipv4Header* ip = (Ipv4Header*)(frame + EthernetHeader.Size);
        ulong wrong = mac.Difference(frame) | (uint)(Unsafe.ReadUnaligned<ushort>(frame + 12) ^ EtherType.Ipv4Raw);
        if (!TryHeader(ip, wrong, length - EthernetHeader.Size, out int total, out uint protocol, out ulong addresses)) return false;
        found.Outer = null;
        found.Router = 0;
        found.PacketLength = total;
        if (protocol == IpProtocol.Gre << 8)
        {
            if (total < GreBytes + Ipv4Header.Size + UdpHeader.Size) return false;
            wrong = Unsafe.ReadUnaligned<uint>(ip + 1) ^ GreHeader.PlainIpv4Raw;
            found.Outer = ip;
            found.Router = KnownMatches.Router((uint)addresses);
            ip = (Ipv4Header*)((byte*)ip + GreBytes);
            if (!TryHeader(ip, wrong, total - GreBytes, out total, out protocol, out addresses)) return false;
        }

        found.Addresses = addresses;
        found.Ports = Unsafe.ReadUnaligned<uint>(ip + 1);
        int room = total - Ipv4Header.Size;
        if (protocol == IpProtocol.Tcp << 8)
        {
            if (room < TcpHeader.Size) return false;
            uint offsetAndFlags = Unsafe.ReadUnaligned<ushort>((byte*)(ip + 1) + 12);
            uint options = ((offsetAndFlags & 0xF0) >> 2) - TcpHeader.Size;
            if (options > (uint)room - TcpHeader.Size) return false;
            found.TcpFlags = offsetAndFlags >> 8;
            found.Class = FlowClass.Tcp;
        }
        else
        {
            if (protocol != IpProtocol.Udp << 8 || room < UdpHeader.Size) return false;
            uint data = ((UdpHeader*)(ip + 1))->Length.Value - (uint)UdpHeader.Size;
            if (data > (uint)room - UdpHeader.Size) return false;
            found.TcpFlags = 0;
            found.Class = FlowClass.Udp;
        }

        return true;
    }

    /// <summary>Its 20 bytes are readable; true if they are sound, of the form, and tell of no more than the bytes that are there.</summary>
    /// <param name="wrong">Not 0: false.</param>
    /// <param name="protocol">In the second byte.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryHeader(Ipv4Header* ip, ulong wrong, int available, out int total, out uint protocol, out ulong addresses)
    {
        ulong first = Unsafe.ReadUnaligned<ulong>(ip);
        uint middle = Unsafe.ReadUnaligned<uint>((byte*)ip + 8);
        addresses = Unsafe.ReadUnaligned<ulong>((byte*)ip + 12);
        protocol = middle & 0xFF00;
        total = (ushort)(BinaryPrimitives.ReverseEndianness(first) >> 32);
        wrong |= ((first & FormBits) ^ Form) | ((uint)(available - total) >> 31);
        ulong sum = (uint)first + (first >> 32) + middle + (uint)addresses + (addresses >> 32);
        return wrong == 0 && InternetChecksum.IsValidSum(sum);
    }
}
