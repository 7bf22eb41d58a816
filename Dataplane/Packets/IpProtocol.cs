namespace RustyRail.Dataplane.Packets;

/// <summary>IANA protocol numbers, IPv6's next headers among them.</summary>
internal static class IpProtocol
{
    public const byte Icmp = 1, Ipv4 = 4, Tcp = 6, Udp = 17, Ipv6 = 41, Gre = 47, Icmpv6 = 58;

    /// <summary>Extension headers of RFC 8200 section 4 and RFC 4302.</summary>
    public const byte HopByHop = 0, Routing = 43, Fragment = 44, Authentication = 51, NoNextHeader = 59, DestinationOptions = 60;

    public static bool HasPorts(byte protocol) => protocol is Tcp or Udp;
}
