using System.Buffers.Binary;
using RustyRail.Dataplane.Forwarding.Parsing;
using RustyRail.Dataplane.Packets;

namespace RustyRail.Dataplane.Forwarding.Sending;

/// <summary>The maximum segment size that a SYN names (RFC 9293 section 3.7.1), lowered where a service says so.</summary>
internal static unsafe class MssOption
{
    private const byte EndOfOptions = 0, NoOperation = 1, Kind = 2, Bytes = 4;

    /// <param name="header">Of the IP packet that holds the SYN; sound.</param>
    /// <param name="length">Of that packet.</param>
    public static void Clamp(byte* header, int length, ushort most)
    {
        IpReader.Read(header, header + length, out IpPacket packet);
        TcpHeader* tcp = (TcpHeader*)packet.Transport;
        byte* end = (byte*)tcp + Math.Min(tcp->HeaderLength, packet.TransportLength);
        for (byte* at = (byte*)(tcp + 1); end - at >= 2 && *at != EndOfOptions;)
        {
            if (*at == NoOperation)
            {
                at++;
                continue;
            }

            if (*at == Kind && at[1] == Bytes && end - at >= Bytes) Lower(tcp, at + 2, most);
            if (at[1] < 2) return;
            at += at[1];
        }
    }

    /// <summary>RFC 1624, equation 3. Byte by byte: an option may begin at an odd place, where its bytes count the other way round.</summary>
    private static void Lower(TcpHeader* tcp, byte* value, ushort most)
    {
        ushort old = BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(value, 2));
        if (old <= most) return;
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(value, 2), most);
        bool isOdd = ((value - (byte*)tcp) & 1) != 0;
        uint before = isOdd ? old : BinaryPrimitives.ReverseEndianness(old), after = isOdd ? most : BinaryPrimitives.ReverseEndianness(most);
        uint sum = (ushort)~tcp->Checksum + (uint)(ushort)~before + after;
        sum = (sum & 0xFFFF) + (sum >> 16);
        tcp->Checksum = (ushort)~((sum & 0xFFFF) + (sum >> 16));
    }
}
