using RustyRail.Dataplane.Packets;

namespace RustyRail.Dataplane.Forwarding.Parsing;

/// <summary>What lies behind an IP header of either version: where the transport header is, and whether it is there at all.</summary>
internal unsafe ref struct IpPacket
{
    /// <summary>First byte behind IP header, options and extension headers.</summary>
    public byte* Transport;

    /// <summary>Behind the packet.</summary>
    public byte* End;

    /// <summary>ICMPv6 has its own number.</summary>
    public byte Protocol;

    /// <summary>0 for a whole packet and a first fragment; else the transport header is not here. In units of 8 bytes.</summary>
    public int FragmentOffset;
    public bool IsFragment;

    /// <summary>Of IPv4 the 16 bits of the identification; packet order.</summary>
    public uint FragmentId;

    public readonly int TransportLength => (int)(End - Transport);

    public readonly bool IsIcmp(bool isIpv6) => Protocol == (isIpv6 ? IpProtocol.Icmpv6 : IpProtocol.Icmp);

    /// <summary>Source port low, destination port high, packet order; 0 where there are none. Four bytes of the transport header must be there.</summary>
    public readonly uint Ports => HasPorts ? *(uint*)Transport : 0;

    public readonly bool HasPorts => FragmentOffset == 0 && IpProtocol.HasPorts(Protocol);
}
