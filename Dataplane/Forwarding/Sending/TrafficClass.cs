using RustyRail.Dataplane.Packets;

namespace RustyRail.Dataplane.Forwarding.Sending;

/// <summary>DSCP and ECN of an IP header, and what RFC 6040 says of them at a tunnel's end.</summary>
internal static unsafe class TrafficClass
{
    private const byte EcnMask = 3, NotCapable = 0, CapableOne = 1, CapableZero = 2, Congested = 3;

    public static byte Of(byte* header) => Ipv6Header.IsAt(header) ? ((Ipv6Header*)header)->TrafficClass : ((Ipv4Header*)header)->TypeOfService;

    /// <summary>Section 4.2: whether the inner header can say what the outer one tells of congestion.</summary>
    public static bool CanTakeOver(byte* inner, byte outerClass) => (outerClass & EcnMask) != Congested || (Of(inner) & EcnMask) != NotCapable;

    /// <summary>Says it.</summary>
    public static void TakeOver(byte* inner, byte outerClass)
    {
        int own = Of(inner) & EcnMask, outer = outerClass & EcnMask;
        bool changes = (outer == Congested && own != Congested) || (outer == CapableOne && own == CapableZero);
        if (changes) SetEcn(inner, outer);
    }

    private static void SetEcn(byte* header, int ecn)
    {
        byte changed = (byte)((Of(header) & ~EcnMask) | ecn);
        if (Ipv6Header.IsAt(header))
        {
            ((Ipv6Header*)header)->TrafficClass = changed;
            return;
        }

        Ipv4Header* ip = (Ipv4Header*)header;
        ip->TypeOfService = changed;
        ip->Checksum = 0;
        ip->Checksum = InternetChecksum.ComputeIpv4(header, ip->HeaderLength);
    }
}
