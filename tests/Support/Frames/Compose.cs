using System.Buffers.Binary;
using System.Net;

namespace RustyRail.Tests.Support.Frames;

/// <summary>Packets from the inside out, byte by byte: each function puts its header in front. Checksums are <see cref="Mending"/>'s.</summary>
internal static class Compose
{
    public const int Tcp = 6, Udp = 17, Icmp = 1, Icmpv6 = 58, Gre = 47;
    public const int Syn = 2, Fin = 1, Reset = 4, Acknowledge = 16;

    private const int Ipv4Type = 0x0800, Ipv6Type = 0x86DD;

    /// <summary>From 02:..:02 to the balancer's 02:..:01.</summary>
    /// <param name="tags">From the outside in; the first of two is a provider's.</param>
    public static byte[] Ethernet(byte[] packet, params int[] tags) =>
    [
        2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, .. tags.SelectMany((tag, i) => Tag(tag, i == 0 && tags.Length > 1)), .. Word(TypeOf(packet)), .. packet,
    ];

    public static byte[] Ipv4(string source, string destination, int protocol, byte[] payload, int trafficClass = 0, int timeToLive = 64, int id = 7, int fragment = 0, byte[]? options = null)
    {
        options ??= [];
        return
        [
            (byte)(0x45 + (options.Length / 4)), (byte)trafficClass, .. Word(20 + options.Length + payload.Length), .. Word(id), .. Word(fragment),
            (byte)timeToLive, (byte)protocol, 0, 0, .. IPAddress.Parse(source).GetAddressBytes(), .. IPAddress.Parse(destination).GetAddressBytes(), .. options, .. payload,
        ];
    }

    public static byte[] Ipv6(string source, string destination, int next, byte[] payload, int trafficClass = 0, int hopLimit = 64) =>
    [
        .. Word(0x6000 | (trafficClass << 4)), 0x12, 0x34, .. Word(payload.Length), (byte)next, (byte)hopLimit,
        .. IPAddress.Parse(source).GetAddressBytes(), .. IPAddress.Parse(destination).GetAddressBytes(), .. payload,
    ];

    /// <summary>Hop-by-hop, destination options or routing without segments left: eight bytes, or as many units more.</summary>
    public static byte[] Extension(int next, byte[] rest, int moreUnits = 0) => [(byte)next, (byte)moreUnits, 1, 0, 0, 0, 0, 0, .. new byte[8 * moreUnits], .. rest];

    public static byte[] FragmentHeader(int next, byte[] rest, int offset, bool more, uint id = 0x01020304) => [(byte)next, 0, .. Word((offset << 3) | (more ? 1 : 0)), .. Long(id), .. rest];

    public static byte[] TcpSegment(int from, int to, int flags, byte[]? payload = null, byte[]? options = null)
    {
        options ??= [];
        return [.. Word(from), .. Word(to), 0, 0, 0, 1, 0, 0, 0, 0, (byte)((5 + (options.Length / 4)) << 4), (byte)flags, 0xFF, 0, 0, 0, 0, 0, .. options, .. payload ?? []];
    }

    public static byte[] Datagram(int from, int to, byte[] payload) => [.. Word(from), .. Word(to), .. Word(8 + payload.Length), 0, 0, .. payload];

    public static byte[] IcmpMessage(int type, int code, byte[] payload, uint rest = 0x00010002) => [(byte)type, (byte)code, 0, 0, .. Long(rest), .. payload];

    /// <param name="flags">The high byte of the first word: 0x80 checksum, 0x20 key, 0x10 sequence number.</param>
    public static byte[] InGre(byte[] packet, int flags = 0, int padding = 0) =>
        [(byte)flags, 0, .. Word(TypeOf(packet)), .. new byte[4 * int.PopCount(flags & 0xB0)], .. packet, .. new byte[padding]];

    public static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)((i * 7) + 1))];

    private static byte[] Tag(int tag, bool isProviders) => [.. Word(isProviders ? 0x88A8 : 0x8100), .. Word(tag)];

    private static int TypeOf(byte[] packet) => packet[0] >> 4 == 6 ? Ipv6Type : Ipv4Type;

    private static byte[] Word(int value) => [(byte)(value >> 8), (byte)value];

    private static byte[] Long(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }
}
