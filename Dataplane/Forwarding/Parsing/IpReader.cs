using RustyRail.Contract.Region;
using RustyRail.Dataplane.Packets;

namespace RustyRail.Dataplane.Forwarding.Parsing;

/// <summary>Steps over an IP header and what belongs to it. Every read is bounded; the header's fixed part has been found sane.</summary>
internal static unsafe class IpReader
{
    private const int MostExtensions = 8, ExtensionUnit = 8, AuthenticationUnit = 4;

    /// <param name="end">Behind the packet, not behind the frame.</param>
    public static Reason Read(byte* header, byte* end, out IpPacket packet)
    {
        packet = new IpPacket { End = end };
        return Ipv6Header.IsAt(header) ? ReadIpv6((Ipv6Header*)header, ref packet) : ReadIpv4((Ipv4Header*)header, ref packet);
    }

    private static Reason ReadIpv4(Ipv4Header* ip, ref IpPacket packet)
    {
        packet.Protocol = ip->Protocol;
        packet.Transport = (byte*)ip + ip->HeaderLength;
        packet.IsFragment = ip->IsFragment;
        packet.FragmentOffset = ip->FragmentOffset;
        packet.FragmentId = ip->Identification.Raw;
        return Reason.None;
    }

    /// <summary>The chain of RFC 8200 section 4, in any order.</summary>
    private static Reason ReadIpv6(Ipv6Header* ip, ref IpPacket packet)
    {
        byte next = ip->NextHeader;
        byte* at = (byte*)(ip + 1);
        for (int steps = 0; packet.FragmentOffset == 0 && IsExtension(next); steps++)
        {
            if (steps == MostExtensions) return Reason.BadHeader;
            if (packet.End - at < ExtensionUnit) return Reason.Runt;
            int length = LengthOf(next, at);
            if (length > packet.End - at) return Reason.Runt;
            if (next == IpProtocol.Routing && at[3] != 0) return Reason.BadHeader;
            if (next == IpProtocol.Fragment) ReadFragment(at, ref packet);
            next = at[0];
            at += length;
        }

        packet.Protocol = next;
        packet.Transport = at;
        return Reason.None;
    }

    private static bool IsExtension(byte next) =>
        next is IpProtocol.HopByHop or IpProtocol.Routing or IpProtocol.Fragment or IpProtocol.DestinationOptions or IpProtocol.Authentication;

    private static int LengthOf(byte header, byte* at) => header switch
    {
        IpProtocol.Fragment => ExtensionUnit,
        IpProtocol.Authentication => (at[1] + 2) * AuthenticationUnit,
        _ => (at[1] + 1) * ExtensionUnit,
    };

    /// <summary>RFC 8200 section 4.5. One that is the first and the last is no fragment (RFC 6946).</summary>
    private static void ReadFragment(byte* at, ref IpPacket packet)
    {
        int field = (at[2] << 8) | at[3];
        packet.FragmentOffset = field >> 3;
        packet.IsFragment = field >> 3 != 0 || (field & 1) != 0;
        packet.FragmentId = *(uint*)(at + 4);
    }
}
