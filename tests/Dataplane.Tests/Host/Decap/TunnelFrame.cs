using System.Buffers.Binary;
using System.Net;
using Dataplane.Tests.Ports;
using RustyRail.Dataplane.Host.Decap;
using RustyRail.Tests.Support.Packets;

namespace Dataplane.Tests.Host.Decap;

/// <summary>
/// A frame as a balancer sends it to a server, built byte by byte from the RFCs; it shares no line with the code under test. Everything is
/// right unless a property says otherwise.
/// </summary>
internal sealed record TunnelFrame(DecapForms Form, bool OverIpv6, bool IsIpv6Inside)
{
    public const string Balancer = "192.168.137.188", Server = "192.168.137.11", Balancer6 = "2001:db8:137::188", Server6 = "2001:db8:137::11";

    private const byte Ipip = 4, Udp = 17, Ipv6InIp = 41, Gre = 47;

    public string? From { get; init; }
    public string? To { get; init; }
    public ushort[] Tags { get; init; } = [];
    public int OuterCongestion { get; init; }
    public int InnerCongestion { get; init; }

    /// <summary>IPv4 options, or whole IPv6 extension headers but for their first byte's next header: (type, bytes).</summary>
    public byte[] Ipv4Options { get; init; } = [];
    public (byte Type, byte[] Bytes)[] Extensions { get; init; } = [];
    public ushort FragmentField { get; init; }
    public byte[] GreOptions { get; init; } = [];
    public ushort GreFlags { get; init; }
    public ushort? GreType { get; init; }
    public byte[]? GueHeader { get; init; }
    public int GuePort { get; init; } = 6080;
    public bool UdpChecksum { get; init; } = true;
    public int PayloadBytes { get; init; } = 33;
    public int Padding { get; init; }

    /// <summary>Null: a TCP segment of our own making.</summary>
    public byte[]? Contents { get; init; }

    public override string ToString() => $"{Form} over IPv{(OverIpv6 ? 6 : 4)}, IPv{(IsIpv6Inside ? 6 : 4)} inside";

    public int LinkBytes => Frames.Ethernet + (4 * Tags.Length);

    /// <summary>Of the outer IP header with all that belongs to it.</summary>
    public int OuterBytes => OverIpv6 ? 40 + Extensions.Sum(extension => extension.Bytes.Length) : 20 + Ipv4Options.Length;

    public int TunnelAt => LinkBytes + OuterBytes;

    public int InnerAt => TunnelAt + Form switch { DecapForms.Gre => 4 + GreOptions.Length, DecapForms.Gue => 8 + (GueHeader?.Length ?? 4), _ => 0 };

    public byte[] Inner => Contents ?? InnerWith(InnerCongestion);

    /// <summary>Link header as it must stand before the inner packet.</summary>
    public byte[] InnerLink => Link(IsIpv6Inside);

    public byte[] InnerWith(int congestion)
    {
        byte[] payload = [.. Enumerable.Range(0, PayloadBytes).Select(i => (byte)((i * 7) + 1))];
        byte[] segment = Header(new TcpLayer { SourcePort = 40001, DestinationPort = 80 }, payload);
        return IsIpv6Inside
            ? Ipv6("2001:db8:10::1", "2001:db8:1::1", 6, congestion, segment)
            : Ipv4("10.0.0.1", "10.1.0.1", 6, congestion, 0x4000, [], segment);
    }

    public byte[] Build()
    {
        byte protocol = Form switch { DecapForms.Gre => Gre, DecapForms.Gue => Udp, _ => IsIpv6Inside ? Ipv6InIp : Ipip };
        byte[] tunnel = Form switch { DecapForms.Gre => GreAround(Inner), DecapForms.Gue => GueAround(Inner), _ => Inner };
        byte[] outer = OverIpv6
            ? Ipv6(From ?? Balancer6, To ?? Server6, Chain(protocol, out byte[] extensions), OuterCongestion, [.. extensions, .. tunnel])
            : Ipv4(From ?? Balancer, To ?? Server, protocol, OuterCongestion, FragmentField, Ipv4Options, tunnel);
        return [.. Link(OverIpv6), .. outer, .. new byte[Padding]];
    }

    private byte[] Link(bool isIpv6)
    {
        byte[] tags = [.. Tags.SelectMany((tag, i) => (byte[])[(byte)(tag >> 8), (byte)tag, 0, (byte)(100 + i)])];
        return [.. Frames.LocalMac, .. Frames.PeerMac, .. tags, .. isIpv6 ? (byte[])[0x86, 0xDD] : [0x08, 0x00]];
    }

    private byte[] GreAround(byte[] inner)
    {
        ushort type = GreType ?? (ushort)(IsIpv6Inside ? 0x86DD : 0x0800);
        byte[] gre = [(byte)(GreFlags >> 8), (byte)GreFlags, (byte)(type >> 8), (byte)type, .. GreOptions, .. inner];
        if ((GreFlags & 0x8000) != 0) BinaryPrimitives.WriteUInt16BigEndian(gre.AsSpan(4), Rfc1071.Of(gre));
        return gre;
    }

    private byte[] GueAround(byte[] inner)
    {
        byte[] udp = [0xC0, 0x01, (byte)(GuePort >> 8), (byte)GuePort, 0, 0, 0, 0, .. GueHeader ?? [0, IsIpv6Inside ? Ipv6InIp : Ipip, 0, 0], .. inner];
        BinaryPrimitives.WriteUInt16BigEndian(udp.AsSpan(4), (ushort)udp.Length);
        byte[] addresses = OverIpv6 ? [.. Bytes(From ?? Balancer6), .. Bytes(To ?? Server6)] : [.. Bytes(From ?? Balancer), .. Bytes(To ?? Server)];
        byte[] pseudo = [.. addresses, (byte)(udp.Length >> 8), (byte)udp.Length, 0, Udp];
        if (UdpChecksum) BinaryPrimitives.WriteUInt16BigEndian(udp.AsSpan(6), Rfc1071.Of([.. pseudo, .. udp]));
        return udp;
    }

    private byte Chain(byte protocol, out byte[] headers)
    {
        headers = [];
        byte next = protocol;
        foreach ((byte type, byte[] bytes) in Extensions.Reverse())
        {
            headers = [next, .. bytes[1..], .. headers];
            next = type;
        }

        return next;
    }

    private static byte[] Header(TcpLayer layer, byte[] payload) => [.. layer.Write(payload, null, null), .. payload];

    private static byte[] Ipv4(string from, string to, byte protocol, int congestion, ushort fragment, byte[] options, byte[] payload)
    {
        byte[] packet = [(byte)(0x45 + (options.Length / 4)), (byte)(0xB8 | congestion), 0, 0, 0, 7, 0, 0, 64, protocol, 0, 0, .. Bytes(from), .. Bytes(to), .. options, .. payload];
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), fragment);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), Rfc1071.Of(packet.AsSpan(0, 20 + options.Length)));
        return packet;
    }

    private static byte[] Ipv6(string from, string to, byte next, int congestion, byte[] payload) =>
        [0x6B, (byte)(0x80 | (congestion << 4) | 0x05), 0x12, 0x34, (byte)(payload.Length >> 8), (byte)payload.Length, next, 64, .. Bytes(from), .. Bytes(to), .. payload];

    private static byte[] Bytes(string address) => IPAddress.Parse(address).GetAddressBytes();
}
