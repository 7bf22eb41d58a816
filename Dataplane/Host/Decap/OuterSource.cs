using System.Buffers.Binary;

namespace RustyRail.Dataplane.Host.Decap;

/// <summary>Who sent a tunnel packet. An IPv4 address is in the low 32 bits.</summary>
internal readonly record struct OuterSource(bool IsIpv6, UInt128 Address)
{
    public static OuterSource Ipv4(ReadOnlySpan<byte> address) => new(false, BinaryPrimitives.ReadUInt32BigEndian(address));

    public static OuterSource Ipv6(ReadOnlySpan<byte> address) => new(true, BinaryPrimitives.ReadUInt128BigEndian(address));
}
