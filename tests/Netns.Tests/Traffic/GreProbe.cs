using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Netns.Tests.Traffic;

/// <summary>Hand-made GRE packets, and whether the kernel at the other end refuses the protocol.</summary>
internal static class GreProbe
{
    private const byte DestinationUnreachable = 3, ProtocolUnreachable = 2;

    /// <summary>Sends GRE with an inner UDP packet; true when "protocol unreachable" comes back within the time.</summary>
    public static bool IsRefused(IPAddress to, IPAddress innerDestination, int milliseconds, int packets = 1)
    {
        using Socket icmp = new(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp) { ReceiveTimeout = milliseconds };
        // IPPROTO_RAW: the outer header is ours; the kernel fills source, identification, length and checksum in.
        using Socket gre = new(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Raw);
        byte[] packet = [0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 47, 0, 0, 0, 0, 0, 0, .. to.GetAddressBytes(), 0, 0, 0x08, 0, .. InnerUdp(innerDestination)];
        for (int i = 0; i < packets; i++)
            gre.SendTo(packet, new IPEndPoint(to, 0));
        byte[] answer = new byte[2048];
        try
        {
            while (true)
            {
                int length = icmp.Receive(answer);
                int header = (answer[0] & 0x0f) * 4;
                if (length > header + 1 && answer[header] == DestinationUnreachable && answer[header + 1] == ProtocolUnreachable)
                    return true;
            }
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            return false;
        }
    }

    public static byte[] InnerUdp(IPAddress destination, ushort sourcePort = 1000)
    {
        byte[] packet = [0x45, 0, 0, 32, 0, 1, 0x40, 0, 64, 17, 0, 0, 10, 0, 0, 1, .. destination.GetAddressBytes(), 0, 0, 0, 9, 0, 12, 0, 0, 1, 2, 3, 4];
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(20), sourcePort);
        uint sum = 0;
        for (int i = 0; i < 20; i += 2)
            sum += BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(i));
        sum = (sum & 0xffff) + (sum >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), (ushort)~(sum + (sum >> 16)));
        return packet;
    }
}
