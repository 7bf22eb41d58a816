using System.Buffers.Binary;
using RustyRail.Dataplane.Packets;

namespace RustyRail.Dataplane.Host.Decap.Sockets;

/// <summary>The outer header that a raw socket hands over with the packet.</summary>
internal static unsafe class OuterIpv4
{
    private const int MinimumBytes = 20, Fragmented = 0x3FFF;

    /// <summary>Who sent it and what its header says: enough to ask whether it may be here at all.</summary>
    public static bool TryIntroduce(ReadOnlySpan<byte> packet, bool isFragment, out Arrival arrival)
    {
        arrival = default;
        if (packet.Length < MinimumBytes || packet[0] >> 4 != 4) return false;
        bool isPiece = isFragment || (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & Fragmented) != 0;
        arrival = new Arrival(packet.Length, OuterSource.Ipv4(packet[12..16]), packet[1] & 3, isPiece);
        return true;
    }

    /// <summary>Where the tunnel's own header begins and where the packet ends; what lies behind is padding.</summary>
    public static DecapReason Judge(ReadOnlySpan<byte> packet, out int start, out int end)
    {
        start = (packet[0] & 0x0F) * 4;
        end = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        if (start < MinimumBytes) return DecapReason.BadHeader;
        if (end < start || end > packet.Length) return DecapReason.BadLength;
        fixed (byte* at = packet) return InternetChecksum.Verify(at, start) ? DecapReason.Delivered : DecapReason.BadChecksum;
    }
}
