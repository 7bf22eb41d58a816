using System.Buffers.Binary;
using RustyRail.Contract.Snapshots;

namespace RustyRail.Dataplane.Packets;

/// <summary>Source and destination of an IP header of either version; its fixed part must be readable.</summary>
internal static unsafe class IpAddresses
{
    public static IpKey SourceOf(byte* header) =>
        Ipv6Header.IsAt(header) ? ((Ipv6Header*)header)->Source : IpKey.FromIpv4(((Ipv4Header*)header)->Source);

    public static IpKey DestinationOf(byte* header) =>
        Ipv6Header.IsAt(header) ? ((Ipv6Header*)header)->Destination : IpKey.FromIpv4(((Ipv4Header*)header)->Destination);

    /// <summary>An IPv6 header that names an IPv4 address: no packet may (RFC 4291 section 2.5.5.2), and it must not pass for that address, whose key is the same.</summary>
    public static bool IsMapped(byte* header, in IpKey address) => address.IsIpv4 && Ipv6Header.IsAt(header);

    /// <summary>Whether something may be sent to it: not "this network", loopback, multicast or broadcast, nor their like in IPv6.</summary>
    public static bool IsOneHost(in IpKey address)
    {
        if (!address.IsIpv4) return (byte)address.High != 0xFF && (address.High != 0 || (address.Low != 0 && address.Low != BinaryPrimitives.ReverseEndianness(1UL)));
        byte first = (byte)address.Ipv4;
        return first is not (0 or 127 or >= 224);
    }
}
