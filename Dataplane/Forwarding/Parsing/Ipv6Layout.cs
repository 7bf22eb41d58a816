using System.Runtime.CompilerServices;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Forwarding.Matching;
using RustyRail.Dataplane.Packets;

namespace RustyRail.Dataplane.Forwarding.Parsing;

/// <summary>
/// As <see cref="FixedLayout"/>, what nearly every packet with IPv6 inside is: TCP or UDP right behind the header, whole, plain or in GRE without options
/// over IPv4. By the rules of <see cref="Parser"/> and <see cref="Validator"/>, to which all others are left.
/// </summary>
internal unsafe ref struct Ipv6Layout
{
    private const int MinBytes = EthernetHeader.Size + Ipv6Header.Size + UdpHeader.Size;

    /// <summary>Of the packet that names the VIP.</summary>
    public Ipv6Header* Inner;

    /// <summary>Length of the whole IP packet, outer header included, Ethernet padding excluded.</summary>
    public int PacketLength;

    /// <summary>Of the packet that names the VIP.</summary>
    public int InnerLength;

    /// <summary>Who made the outer header, as <see cref="KnownMatches"/> names it; 0 for a plain packet.</summary>
    public ulong Router;

    /// <summary>Source port in the low, destination port in the high half, packet order.</summary>
    public uint Ports;
    public FlowClass Class;

    /// <summary>0 for UDP.</summary>
    public byte TcpFlags;

    /// <summary>True: all of it is set and sound. Reads nothing behind <paramref name="length"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(byte* frame, int length, MacFilter mac, out Ipv6Layout found)
    {
        Unsafe.SkipInit(out found);
        if (length < MinBytes) return false;
        byte* ip = frame + EthernetHeader.Size;
        int available = length - EthernetHeader.Size;
        ulong wrong = mac.Difference(frame);
        uint type = Unsafe.ReadUnaligned<ushort>(frame + 12);
        found.Router = 0;
        if (type == EtherType.Ipv4Raw)
        {
            if (length < FixedLayout.GreBytes + MinBytes) return false;
            wrong |= FixedLayout.DifferenceOf(ip, available, out available, out uint protocol, out ulong addresses) | (protocol ^ (IpProtocol.Gre << 8));
            wrong |= Unsafe.ReadUnaligned<uint>(ip + Ipv4Header.Size) ^ GreHeader.PlainIpv6Raw;
            found.Router = KnownMatches.Router((uint)addresses);
            found.PacketLength = available;
            ip += FixedLayout.GreBytes;
            available -= FixedLayout.GreBytes;
        }
        else
        {
            wrong |= type ^ EtherType.Ipv6Raw;
        }

        found.Inner = (Ipv6Header*)ip;
        int payload = found.Inner->PayloadLength.Value;
        found.InnerLength = Ipv6Header.Size + payload;
        if (found.Router == 0) found.PacketLength = found.InnerLength;
        wrong |= ((uint)*ip & 0xF0) ^ 0x60;
        wrong |= FixedLayout.Negative(available - found.InnerLength) | FixedLayout.Negative(ushort.MaxValue - found.PacketLength);
        byte* transport = ip + Ipv6Header.Size;
        found.Ports = Unsafe.ReadUnaligned<uint>(transport);
        return wrong == 0 && found.TryTransport(transport, payload, frame + length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryTransport(byte* transport, int room, byte* end)
    {
        if (Inner->NextHeader == IpProtocol.Tcp)
        {
            if (end < transport + TcpHeader.Size) return false;
            TcpHeader* tcp = (TcpHeader*)transport;
            Class = FlowClass.Tcp;
            TcpFlags = tcp->Flags;
            int header = tcp->HeaderLength;
            return header >= TcpHeader.Size && header <= room;
        }

        int length = ((UdpHeader*)transport)->Length.Value;
        Class = FlowClass.Udp;
        TcpFlags = 0;
        return Inner->NextHeader == IpProtocol.Udp && length >= UdpHeader.Size && length <= room;
    }
}
