using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Forwarding.Parsing;
using RustyRail.Dataplane.Forwarding.Sending;
using RustyRail.Dataplane.Packets;
using RustyRail.Dataplane.Ports;

namespace RustyRail.Dataplane.Forwarding.Answers;

/// <summary>Turns an echo request to a VIP into its reply, in place.</summary>
internal static unsafe class EchoAnswer
{
    private const byte TimeToLive = 64;

    /// <summary><see cref="Reason.None"/>, or why there is no answer; nothing is changed then.</summary>
    public static Reason Write(PacketSlot* slot, PacketWork* packet)
    {
        bool isIpv6 = packet->IsIpv6;
        int length = packet->InnerLength;
        IpReader.Read(packet->Inner, packet->Inner + length, out IpPacket inner);
        IpKey source = IpAddresses.SourceOf(packet->Inner), destination = IpAddresses.DestinationOf(packet->Inner);
        if (!IpAddresses.IsOneHost(source) || source.Equals(destination)) return Reason.SourceNotAllowed;
        bool isRight = isIpv6
            ? PseudoHeader.Verify((Ipv6Header*)packet->Inner, inner.Transport, inner.TransportLength, IpProtocol.Icmpv6)
            : InternetChecksum.Verify(inner.Transport, inner.TransportLength);
        if (!isRight) return Reason.BadChecksum;
        IcmpHeader* icmp = (IcmpHeader*)inner.Transport;
        SetType(icmp, isIpv6 ? IcmpHeader.Ipv6EchoReply : IcmpHeader.EchoReply);
        // The one case that the equation gets wrong: nothing but zeros, of which the checksum is all ones.
        if (!isIpv6 && icmp->Checksum == 0) icmp->Checksum = InternetChecksum.Compute(inner.Transport, inner.TransportLength);
        if (isIpv6) Return((Ipv6Header*)packet->Inner);
        else Return((Ipv4Header*)packet->Inner);
        // Less in front than before: there is room.
        Framing.Reframe(slot, packet, 0, length, isIpv6 ? EtherType.Ipv6Raw : EtherType.Ipv4Raw);
        Framing.SwapMacs(slot->Data);
        return Reason.None;
    }

    /// <summary>RFC 1624, equation 3; the type is the high byte of its word on the wire. Swapped addresses sum to the same.</summary>
    private static void SetType(IcmpHeader* icmp, byte type)
    {
        uint sum = (ushort)~icmp->Checksum + (uint)(ushort)~icmp->Type + type;
        sum = (sum & 0xFFFF) + (sum >> 16);
        icmp->Checksum = (ushort)~((sum & 0xFFFF) + (sum >> 16));
        icmp->Type = type;
    }

    private static void Return(Ipv6Header* ip)
    {
        (ip->Source, ip->Destination) = (ip->Destination, ip->Source);
        ip->HopLimit = TimeToLive;
    }

    private static void Return(Ipv4Header* ip)
    {
        (ip->Source, ip->Destination) = (ip->Destination, ip->Source);
        ip->TimeToLive = TimeToLive;
        ip->Checksum = 0;
        ip->Checksum = InternetChecksum.ComputeIpv4((byte*)ip, ip->HeaderLength);
    }
}
