using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace RustyRail.Contract.Snapshots;

/// <summary>An IPv6 address as its 16 bytes lie in memory; IPv4 is mapped (RFC 4291 section 2.5.5.2), so both families share one table.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal struct IpKey : IEquatable<IpKey>
{
    /// <summary>Bytes 0-7 and 8-15, each read as a little-endian word.</summary>
    public ulong High, Low;

    private const ulong MappedPrefix = 0x0000_0000_FFFF_0000;

    /// <summary>From the four bytes of an IPv4 address, read from the packet as they lie.</summary>
    public static IpKey FromIpv4(uint packetOrder) => new() { High = 0, Low = MappedPrefix | ((ulong)packetOrder << 32) };

    public static IpKey From(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            address.TryWriteBytes(bytes[..4], out _);
            return FromIpv4(BinaryPrimitives.ReadUInt32LittleEndian(bytes));
        }

        address.TryWriteBytes(bytes, out _);
        return new() { High = BinaryPrimitives.ReadUInt64LittleEndian(bytes), Low = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]) };
    }

    public readonly bool IsIpv4 => High == 0 && (Low & 0xFFFF_FFFF) == MappedPrefix;

    /// <summary>The four bytes as they go into a packet.</summary>
    public readonly uint Ipv4 => (uint)(Low >> 32);

    public readonly IPAddress ToAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, High);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], Low);
        return IsIpv4 ? new IPAddress(bytes[12..]) : new IPAddress(bytes);
    }

    /// <summary>True if the first <paramref name="prefixBits"/> bits (0-128, mapped) of both are the same.</summary>
    public readonly bool SharesPrefix(in IpKey other, int prefixBits) =>
        SameBits(High, other.High, Math.Min(prefixBits, 64)) && SameBits(Low, other.Low, Math.Max(prefixBits - 64, 0));

    private static bool SameBits(ulong a, ulong b, int bits) =>
        bits == 0 || (BinaryPrimitives.ReverseEndianness(a ^ b) >> (64 - bits)) == 0;

    public readonly bool Equals(IpKey other) => High == other.High && Low == other.Low;
    public override readonly bool Equals(object? obj) => obj is IpKey other && Equals(other);
    public override readonly int GetHashCode() => HashCode.Combine(High, Low);

    /// <summary>Prefix length on the mapped form.</summary>
    public static int MappedBits(IPNetwork network) =>
        network.PrefixLength + (network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? 96 : 0);
}
