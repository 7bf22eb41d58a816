using System.Buffers.Binary;

namespace Dataplane.Tests.Ports;

/// <summary>Frames as a router or a client sends them, with every field that a port or the steering program looks at.</summary>
internal static class Frames
{
    public const int Ethernet = 14, Ipv4 = 20;
    public const byte Icmp = 1, Tcp = 6, Udp = 17, Gre = 47;

    public static readonly byte[] LocalMac = [0x02, 0, 0, 0, 0, 0x01], PeerMac = [0x02, 0, 0, 0, 0, 0x02];

    public static uint Address(string text) => BinaryPrimitives.ReadUInt32BigEndian(System.Net.IPAddress.Parse(text).GetAddressBytes());

    public static byte[] Eth(byte[] payload, ushort type = 0x0800, byte[]? destination = null, byte[]? source = null) =>
        [.. destination ?? LocalMac, .. source ?? PeerMac, (byte)(type >> 8), (byte)type, .. payload];

    public static byte[] Ip(string source, string destination, byte protocol, byte[] payload, int ihl = 5, int fragment = 0)
    {
        byte[] packet = new byte[(ihl * 4) + payload.Length];
        packet[0] = (byte)(0x40 | ihl);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), (ushort)fragment);
        packet[8] = 64;
        packet[9] = protocol;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), Address(source));
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), Address(destination));
        payload.CopyTo(packet, ihl * 4);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), Checksum(packet.AsSpan(0, ihl * 4)));
        return packet;
    }

    /// <summary>Options are as many as the flags say, filled with 0xAA; <paramref name="routes"/> stands behind them.</summary>
    public static byte[] GreHeader(byte flags, byte flagsAndVersion = 0, ushort protocol = 0x0800, byte[]? routes = null)
    {
        int words = ((flags & 0xC0) != 0 ? 1 : 0) + ((flags & 0x20) != 0 ? 1 : 0) + ((flags & 0x10) != 0 ? 1 : 0) + ((flagsAndVersion & 0x87) == 0x81 ? 1 : 0);
        byte[] options = new byte[4 * words];
        options.AsSpan().Fill(0xAA);
        return [flags, flagsAndVersion, (byte)(protocol >> 8), (byte)protocol, .. options, .. routes ?? []];
    }

    /// <summary>The usual case: a router's GRE around a TCP segment for a VIP.</summary>
    public static byte[] RouterGre(string innerDestination, byte[]? greHeader = null, string outerDestination = "192.168.137.188", int ihl = 5, int fragment = 0)
    {
        byte[] inner = Ip("10.0.0.7", innerDestination, Tcp, new byte[20]);
        return Eth(Ip("192.168.137.1", outerDestination, Gre, [.. greHeader ?? GreHeader(0), .. inner], ihl, fragment));
    }

    public static byte[] Plain(string destination, byte protocol = Tcp) => Eth(Ip("10.0.0.7", destination, protocol, new byte[20]));

    private static ushort Checksum(ReadOnlySpan<byte> header)
    {
        uint sum = 0;
        for (int i = 0; i < header.Length; i += 2) sum += BinaryPrimitives.ReadUInt16BigEndian(header[i..]);
        while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~sum;
    }
}
