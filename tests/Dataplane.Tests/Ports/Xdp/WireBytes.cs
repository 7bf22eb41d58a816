using System.Buffers.Binary;
using System.Net;

namespace Dataplane.Tests.Ports.Xdp;

/// <summary>Headers as bytes, put together without regard to whether they make sense. Addresses and types are what the steering rules look at.</summary>
internal static class WireBytes
{
    public const byte HopByHop = 0, Routing = 43, Fragment = 44, Authentication = 51, NoNext = 59, DestinationOptions = 60, Icmpv6 = 58;
    public const int Ipv4Type = 0x0800, Ipv6Type = 0x86DD;

    /// <summary>An IP packet behind an Ethernet header with these tags; its version says the type.</summary>
    public static byte[] Frame(byte[] packet, params int[] tags) => Tagged(packet, packet[0] >> 4 == 6 ? Ipv6Type : Ipv4Type, tags);

    public static byte[] Tagged(byte[] payload, int type, params int[] tags)
    {
        byte[] behind = [];
        int first = type;
        for (int i = tags.Length - 1; i >= 0; i--)
        {
            behind = [0x20, (byte)(i + 1), .. Word(first), .. behind];
            first = tags[i];
        }

        return [.. Frames.LocalMac, .. Frames.PeerMac, .. Word(first), .. behind, .. payload];
    }

    public static byte[] Ipv6(string source, string destination, byte next, byte[] payload) =>
    [
        0x60, 0x0F, 0x12, 0x34, .. Word(payload.Length), next, 64, .. IPAddress.Parse(source).GetAddressBytes(), .. IPAddress.Parse(destination).GetAddressBytes(), .. payload,
    ];

    /// <summary>Any packet of either family to the destination, long enough for every rule.</summary>
    public static byte[] To(string destination, byte protocol = Frames.Tcp) => destination.Contains(':', StringComparison.Ordinal)
        ? Ipv6("2001:db8:c::7", destination, protocol, new byte[20])
        : Frames.Ip("10.0.0.7", destination, protocol, new byte[20]);

    /// <summary>Extension headers in a row, 8 bytes each and as many more as their place is a multiple of; the last says what follows.</summary>
    public static byte[] Chain(byte[] kinds, byte last, byte[] payload)
    {
        List<byte> bytes = [];
        for (int i = 0; i < kinds.Length; i++)
        {
            byte units = (byte)(i % 3);
            bytes.AddRange([i + 1 < kinds.Length ? kinds[i + 1] : last, units, .. new byte[6 + (8 * units)]]);
        }

        return [.. bytes, .. payload];
    }

    public static GrePacket Gre(byte[] inner, int flags = 0, int? type = null) => new(inner, flags, type ?? (inner[0] >> 4 == 6 ? Ipv6Type : Ipv4Type));

    public static byte[] Word(int value)
    {
        byte[] bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return bytes;
    }
}

/// <summary>A GRE header and what it carries. Its options are as many words as the flags say (RFC 2784, RFC 2890).</summary>
internal sealed record GrePacket(byte[] Inner, int Flags, int Type)
{
    private const string Router4 = "192.168.137.1", Router6 = "2001:db8:a::1", Node6 = "2001:db8:a::188";

    public byte[] Bytes => [.. WireBytes.Word(Flags), .. WireBytes.Word(Type), .. Enumerable.Repeat((byte)0x45, 4 * int.PopCount(Flags & 0xB000)), .. Inner];

    public byte[] In4(string destination = "192.168.137.188", int ihl = 5, int fragment = 0) => Frames.Ip(Router4, destination, Frames.Gre, Bytes, ihl, fragment);

    public byte[] In6(string destination = Node6, params byte[] extensions) =>
        WireBytes.Ipv6(Router6, destination, extensions.Length == 0 ? Frames.Gre : extensions[0], WireBytes.Chain(extensions, Frames.Gre, Bytes));
}
