using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace RustyRail.Dataplane.Host.Decap;

/// <summary>Takes the inner IPv4 packet out of a GRE packet as a raw socket delivers it: outer IPv4 header first. Allocates nothing.</summary>
[SkipLocalsInit]
internal sealed class GreDecapsulator(SourcePrefixes sources)
{
    private const int MinimumIpv4Bytes = 20;
    private const ushort Checksum = 0x8000, Routing = 0x4000, Key = 0x2000, Sequence = 0x1000, Version = 7;
    private const ushort EtherTypeIpv4 = 0x0800;
    private const int NotEct = 0, CongestionExperienced = 3;

    /// <summary>On <see cref="DecapReason.Delivered"/> the inner packet is <paramref name="packet"/>[inner], its padding cut off.</summary>
    public DecapReason Decapsulate(Span<byte> packet, out Range inner)
    {
        inner = default;
        if (packet.Length < MinimumIpv4Bytes + 4)
            return DecapReason.Runt;
        int outerHeader = (packet[0] & 0x0f) * 4;
        if (packet[0] >> 4 != 4 || outerHeader < MinimumIpv4Bytes)
            return DecapReason.BadHeader;
        if (!sources.Allows(BinaryPrimitives.ReadUInt32BigEndian(packet[12..])))
            return DecapReason.SourceNotAllowed;
        int outerLength = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        if (outerLength > packet.Length || outerLength < outerHeader + 4)
            return DecapReason.BadLength;

        DecapReason gre = TryGre(packet[outerHeader..outerLength], out int greHeader);
        if (gre != DecapReason.Delivered)
            return gre;
        int start = outerHeader + greHeader;
        DecapReason ip = TryInner(packet[start..outerLength], out int innerLength);
        if (ip != DecapReason.Delivered)
            return ip;
        inner = start..(start + innerLength);
        return TryCarryCongestion(packet[1] & 3, packet[inner]) ? DecapReason.Delivered : DecapReason.CongestionNotCarried;
    }

    /// <summary>RFC 2784 and 2890: the checksum is verified, key and sequence number are stepped over.</summary>
    private static DecapReason TryGre(Span<byte> gre, out int headerBytes)
    {
        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(gre);
        headerBytes = 4 + ((flags & Checksum) != 0 ? 4 : 0) + ((flags & Key) != 0 ? 4 : 0) + ((flags & Sequence) != 0 ? 4 : 0);
        if ((flags & (Routing | Version)) != 0)
            return DecapReason.GreUnsupported;
        if (gre.Length < headerBytes)
            return DecapReason.Runt;
        if ((flags & Checksum) != 0 && Sum(gre) != 0xffff)
            return DecapReason.BadChecksum;
        return BinaryPrimitives.ReadUInt16BigEndian(gre[2..]) == EtherTypeIpv4 ? DecapReason.Delivered : DecapReason.GreUnsupported;
    }

    private static DecapReason TryInner(Span<byte> ip, out int length)
    {
        length = 0;
        if (ip.Length < MinimumIpv4Bytes)
            return DecapReason.Runt;
        int header = (ip[0] & 0x0f) * 4;
        if (ip[0] >> 4 != 4 || header < MinimumIpv4Bytes)
            return DecapReason.BadHeader;
        length = BinaryPrimitives.ReadUInt16BigEndian(ip[2..]);
        if (length > ip.Length || length < header)
            return DecapReason.BadLength;
        return Sum(ip[..header]) == 0xffff ? DecapReason.Delivered : DecapReason.BadChecksum;
    }

    /// <summary>RFC 6040: a mark on the outer header must reach the receiver on the inner one, whose checksum follows.</summary>
    private static bool TryCarryCongestion(int outerEcn, Span<byte> inner)
    {
        int innerEcn = inner[1] & 3;
        if (outerEcn != CongestionExperienced || innerEcn == CongestionExperienced)
            return true;
        if (innerEcn == NotEct)
            return false;
        int before = BinaryPrimitives.ReadUInt16BigEndian(inner);
        inner[1] |= CongestionExperienced;
        int after = BinaryPrimitives.ReadUInt16BigEndian(inner);
        // RFC 1624, equation 3.
        int sum = (~BinaryPrimitives.ReadUInt16BigEndian(inner[10..]) & 0xffff) + (~before & 0xffff) + after;
        sum = (sum & 0xffff) + (sum >> 16);
        sum = (sum & 0xffff) + (sum >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(inner[10..], (ushort)~sum);
        return true;
    }

    /// <summary>Ones' complement sum; 0xffff over bytes that hold their own checksum.</summary>
    private static int Sum(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 0;
        int at = 0;
        for (; at + 1 < bytes.Length; at += 2)
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
        if (at < bytes.Length)
            sum += (ulong)bytes[at] << 8;
        while (sum >> 16 != 0)
            sum = (sum & 0xffff) + (sum >> 16);
        return (int)sum;
    }
}
