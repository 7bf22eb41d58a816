using System.Buffers.Binary;

namespace RustyRail.Dataplane.Host.Decap;

/// <summary>Explicit congestion notification where a tunnel ends: RFC 6040, section 4.2.</summary>
internal static class Congestion
{
    public const int NotEct = 0, Ect1 = 1, Ect0 = 2, Experienced = 3;

    /// <summary>Writes what was marked outside on the inner header. False: it cannot carry the mark, and the packet must be dropped.</summary>
    public static bool TryCarry(int outer, Span<byte> inner, bool isIpv6)
    {
        int own = isIpv6 ? (inner[1] >> 4) & 3 : inner[1] & 3;
        int carried = Combine(outer, own);
        if (carried == own) return true;
        if (carried < 0) return false;
        if (isIpv6) inner[1] = (byte)((inner[1] & 0xCF) | (carried << 4));
        else MarkIpv4(inner, carried);
        return true;
    }

    /// <summary>The table of figure 4; negative: drop.</summary>
    public static int Combine(int outer, int inner) => (outer, inner) switch
    {
        (Experienced, NotEct) => -1,
        (Experienced, _) => Experienced,
        (Ect1, Ect0) => Ect1,
        _ => inner,
    };

    private static void MarkIpv4(Span<byte> header, int codepoint)
    {
        int before = BinaryPrimitives.ReadUInt16BigEndian(header);
        header[1] = (byte)((header[1] & ~3) | codepoint);
        int after = BinaryPrimitives.ReadUInt16BigEndian(header);
        // RFC 1624, equation 3.
        int sum = (~BinaryPrimitives.ReadUInt16BigEndian(header[10..]) & 0xFFFF) + (~before & 0xFFFF) + after;
        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], (ushort)~sum);
    }
}
