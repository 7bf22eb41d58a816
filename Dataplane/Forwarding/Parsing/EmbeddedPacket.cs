using RustyRail.Contract.Region;
using RustyRail.Contract.Snapshots;
using RustyRail.Dataplane.Packets;

namespace RustyRail.Dataplane.Forwarding.Parsing;

/// <summary>The beginning of the packet that an ICMP error is about: one that a backend sent to a client.</summary>
internal unsafe ref struct EmbeddedPacket
{
    private const int LeastTransportBytes = 8;

    public IpKey Vip, Client;
    public IpPacket Packet;

    /// <summary>The client's port in the low, the VIP's in the high half, as in the packets that the client sends; 0 where there are none.</summary>
    public readonly uint ClientPorts => (Packet.Ports >> 16) | (Packet.Ports << 16);

    /// <param name="at">Behind the ICMP header.</param>
    /// <param name="end">Of the ICMP message.</param>
    public static Reason Read(byte* at, byte* end, bool isIpv6, out EmbeddedPacket embedded)
    {
        embedded = default;
        if (end - at < (isIpv6 ? Ipv6Header.Size : Ipv4Header.Size)) return Reason.Runt;
        if (isIpv6 ? !((Ipv6Header*)at)->IsSane : !((Ipv4Header*)at)->IsSane) return Reason.BadHeader;
        if (!isIpv6 && ((Ipv4Header*)at)->HeaderLength > end - at) return Reason.Runt;
        Reason defect = IpReader.Read(at, end, out embedded.Packet);
        if (defect != Reason.None) return defect;
        if (embedded.Packet.HasPorts && embedded.Packet.TransportLength < LeastTransportBytes) return Reason.Runt;
        (embedded.Vip, embedded.Client) = (IpAddresses.SourceOf(at), IpAddresses.DestinationOf(at));
        return Reason.None;
    }
}
