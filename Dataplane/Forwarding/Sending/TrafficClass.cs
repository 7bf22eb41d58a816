using RustyRail.Dataplane.Packets;

namespace RustyRail.Dataplane.Forwarding.Sending;

/// <summary>DSCP and ECN of an IP header, and what RFC 6040 says of them at a tunnel's end.</summary>
internal static unsafe class TrafficClass
{
    private const byte EcnMask = 3, NotCapable = 0, CapableOne = 1, CapableZero = 2, Congested = 3;

    public static byte Of(byte* header) => Ipv6Header.IsAt(header) ? ((Ipv6Header*)header)->TrafficClass : ((Ipv4Header*)header)->TypeOfService;

    /// <summary>Section 4.2: what the outer header tells of congestion goes into the inner one; false if that cannot say so.</summary>
    public static bool TryTakeOver(byte* inner, byte outerClass)
    {
        byte own = Of(inner), carried = Carried(own, outerClass);
        if ((carried & EcnMask) == Congested && (own & EcnMask) == NotCapable) return false;
        if (carried != own) SetEcn(inner, carried & EcnMask);
        return true;
    }

    /// <summary>The inner DSCP, and the ECN of figure 4, where what cannot tell of congestion tells of it, too.</summary>
    private static byte Carried(byte inner, byte outer)
    {
        bool changes = (outer & EcnMask) == Congested || ((outer & EcnMask) == CapableOne && (inner & EcnMask) == CapableZero);
        return changes ? (byte)((inner & ~EcnMask) | (outer & EcnMask)) : inner;
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
