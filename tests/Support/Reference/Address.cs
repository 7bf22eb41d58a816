using System.Buffers.Binary;
using System.Net;

namespace RustyRail.Tests.Support.Reference;

/// <summary>An address of either family as a number; the first bit of the address is the number's highest.</summary>
internal readonly record struct Address(UInt128 Number, bool IsIpv6)
{
    /// <summary>RFC 4291 section 2.5.5.2: an IPv4 address in IPv6's clothes, which no packet may carry: no VIP, no router.</summary>
    public bool IsMapped => IsIpv6 && Number >> 32 == 0xFFFF;

    /// <summary>Something may be sent to it: it is not unspecified, loopback, multicast, broadcast.</summary>
    public bool IsOneHost => IsIpv6 && !IsMapped
        ? Number > 1 && Number >> 120 != 0xFF
        : (byte)(Number >> 24) is not (0 or 127 or >= 224);

    public static Address SourceOf(ReadOnlySpan<byte> ip) => ip.IsIpv6() ? Of(ip[8..24]) : Of(ip[12..16]);

    public static Address DestinationOf(ReadOnlySpan<byte> ip) => ip.IsIpv6() ? Of(ip[24..40]) : Of(ip[16..20]);

    public static Address Of(IPAddress address) => Of(address.GetAddressBytes());

    private static Address Of(ReadOnlySpan<byte> bytes) => bytes.Length == 16
        ? new(BinaryPrimitives.ReadUInt128BigEndian(bytes), true)
        : new(BinaryPrimitives.ReadUInt32BigEndian(bytes), false);
}

/// <summary>A network, or a single address.</summary>
internal readonly record struct Prefix(Address Base, int Bits)
{
    public static Prefix Of(IPNetwork network) => new(Address.Of(network.BaseAddress), network.PrefixLength);

    public bool Contains(in Address address)
    {
        int width = Base.IsIpv6 ? 128 : 32;
        return address.IsIpv6 == Base.IsIpv6 && !address.IsMapped && (Bits == 0 || (address.Number ^ Base.Number) >> (width - Bits) == 0);
    }
}
