using System.Buffers.Binary;
using System.Net;
using RustyRail.Dataplane.Host.Decap;
using RustyRail.Dataplane.Host.Decap.Sockets;

namespace Dataplane.Tests.Host.Decap;

/// <summary>Hands frames to the receivers as the kernel's sockets would: what the kernel takes off or says beside, it takes off and says.</summary>
internal sealed class SocketBench
{
    private readonly SourcePrefixes _sources = new([IPNetwork.Parse("192.168.137.0/24"), IPNetwork.Parse("2001:db8:137::/64")]);

    public (DecapReason Outcome, byte[] Inner) Decapsulate(byte[] frame)
    {
        int at = 14;
        while (BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(at - 2)) is 0x8100 or 0x88A8) at += 4;
        return frame[at] >> 4 == 4 ? FromIpv4(frame[at..]) : FromIpv6(frame[at..]);
    }

    private (DecapReason Outcome, byte[] Inner) FromIpv4(byte[] packet)
    {
        OuterSource source = OuterSource.Ipv4(packet.AsSpan(12, 4));
        if (packet[9] != 17) return Judge(ReceiverOf(packet[9]), packet, new Arrival(packet.Length, source, 0, false), hasOuterHeader: true);
        bool isFragment = (BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(6)) & 0x3FFF) != 0;
        int udp = (packet[0] & 15) * 4, length = BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(udp + 4));
        return Judge(ReceiverOf(17), packet[(udp + 8)..(udp + length)], new Arrival(length - 8, source, packet[1] & 3, isFragment), hasOuterHeader: false);
    }

    private (DecapReason Outcome, byte[] Inner) FromIpv6(byte[] packet)
    {
        int at = 40, end = 40 + BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(4));
        byte next = packet[6];
        bool isFragment = false;
        while (next is 0 or 43 or 44 or 60)
        {
            isFragment |= next == 44;
            int length = next == 44 ? 8 : (packet[at + 1] + 1) * 8;
            next = packet[at];
            at += length;
        }

        if (next == 17) at += 8;
        Arrival arrival = new(end - at, OuterSource.Ipv6(packet.AsSpan(8, 16)), (packet[1] >> 4) & 3, isFragment);
        return Judge(ReceiverOf(next), packet[at..end], arrival, hasOuterHeader: false);
    }

    private static (DecapReason Outcome, byte[] Inner) Judge(TunnelReceiver receiver, byte[] bytes, Arrival arrival, bool hasOuterHeader)
    {
        DecapReason outcome = receiver.Decapsulate(bytes, arrival, hasOuterHeader, out Range inner);
        return (outcome, bytes[inner]);
    }

    // Decapsulation itself touches no socket.
    private TunnelReceiver ReceiverOf(byte protocol) => protocol switch
    {
        47 => new GreReceiver(null!, _sources),
        17 => new GueReceiver(null!, _sources),
        _ => new IpipReceiver(null!, _sources, isIpv6Inside: protocol == 41),
    };
}
