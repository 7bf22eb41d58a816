using System.Buffers.Binary;
using RustyRail.Dataplane.Packets;

namespace RustyRail.Dataplane.Host.Decap;

/// <summary>What is asked of an inner packet before the host gets it. Headers behind its own are the host's to judge.</summary>
internal static unsafe class InnerPacket
{
    public const int Ipv4Bytes = 20, Ipv6Bytes = 40;

    /// <summary>On <see cref="DecapReason.Delivered"/> the packet is the first <paramref name="length"/> bytes; the rest is padding.</summary>
    public static DecapReason Judge(ReadOnlySpan<byte> bytes, bool isIpv6, out int length) => isIpv6 ? JudgeIpv6(bytes, out length) : JudgeIpv4(bytes, out length);

    private static DecapReason JudgeIpv4(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        if (bytes.Length < Ipv4Bytes) return DecapReason.Runt;
        int header = (bytes[0] & 0x0F) * 4;
        if (bytes[0] >> 4 != 4 || header < Ipv4Bytes) return DecapReason.BadHeader;
        length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        if (length > bytes.Length || length < header) return DecapReason.BadLength;
        fixed (byte* at = bytes) return InternetChecksum.Verify(at, header) ? DecapReason.Delivered : DecapReason.BadChecksum;
    }

    private static DecapReason JudgeIpv6(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        if (bytes.Length < Ipv6Bytes) return DecapReason.Runt;
        if (bytes[0] >> 4 != 6) return DecapReason.BadHeader;
        length = Ipv6Bytes + BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        return length > bytes.Length ? DecapReason.BadLength : DecapReason.Delivered;
    }
}
