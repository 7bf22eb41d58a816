using System.Collections.Immutable;
using System.Net;

namespace RustyRail.Tests.Support.Packets;

/// <summary>
/// Frames as tests need them: header by header from the outside in, then <see cref="Build"/>. Lengths, protocol numbers and checksums are
/// right unless the header is told otherwise. Immutable, so a scenario can start from another one. Rarer headers are in <see cref="MoreHeaders"/>.
/// </summary>
public sealed record PacketBuilder
{
    internal ImmutableList<Header> Headers { get; init; } = [];

    private ImmutableArray<byte> Rest { get; init; } = [];

    /// <summary>Bytes behind the packet, up to this frame length: what a sender adds to reach the Ethernet minimum.</summary>
    private int PaddedBytes { get; init; }

    private byte Padding { get; init; }

    /// <summary>A packet without a frame around it: to be embedded, or put into one.</summary>
    public static PacketBuilder Bare { get; } = new();

    public static PacketBuilder Ethernet(string destination = "02:00:00:00:00:01", string source = "02:00:00:00:00:02", ushort? type = null) =>
        new() { Headers = [new EthernetLayer { Destination = Mac(destination), Source = Mac(source), Type = type }] };

    public PacketBuilder Ipv4(string source, string destination, Func<Ipv4Layer, Ipv4Layer>? with = null) =>
        Add(new Ipv4Layer { Source = IPAddress.Parse(source), Destination = IPAddress.Parse(destination) }, with);

    public PacketBuilder Ipv6(string source, string destination, Func<Ipv6Layer, Ipv6Layer>? with = null) =>
        Add(new Ipv6Layer { Source = IPAddress.Parse(source), Destination = IPAddress.Parse(destination) }, with);

    public PacketBuilder Gre(Func<GreLayer, GreLayer>? with = null) => Add(new GreLayer(), with);

    public PacketBuilder Tcp(int sourcePort, int destinationPort, TcpControl flags = TcpControl.Ack, Func<TcpLayer, TcpLayer>? with = null) =>
        Add(new TcpLayer { SourcePort = (ushort)sourcePort, DestinationPort = (ushort)destinationPort, Flags = flags }, with);

    public PacketBuilder Udp(int sourcePort, int destinationPort, Func<UdpLayer, UdpLayer>? with = null) =>
        Add(new UdpLayer { SourcePort = (ushort)sourcePort, DestinationPort = (ushort)destinationPort }, with);

    public PacketBuilder Icmp(byte type = 8, byte code = 0, Func<IcmpLayer, IcmpLayer>? with = null) => Add(new IcmpLayer { Type = type, Code = code }, with);

    public PacketBuilder Icmpv6(byte type = 128, byte code = 0, Func<Icmpv6Layer, Icmpv6Layer>? with = null) =>
        Add(new Icmpv6Layer { Type = type, Code = code }, with);

    public PacketBuilder Payload(params byte[] bytes) => this with { Rest = [.. bytes] };

    /// <summary>That many bytes, all different from their neighbours.</summary>
    public PacketBuilder PayloadOf(int bytes) => this with { Rest = [.. Enumerable.Range(0, bytes).Select(i => (byte)(i * 7))] };

    public PacketBuilder PadTo(int frameBytes, byte with = 0) => this with { PaddedBytes = frameBytes, Padding = with };

    /// <summary>The headers and all else of a packet, behind the headers so far.</summary>
    public PacketBuilder Then(PacketBuilder inside) => inside with { Headers = Headers.AddRange(inside.Headers) };

    public byte[] Build()
    {
        byte[] bytes = Build(from: 0);
        int packet = bytes.Length;
        if (packet >= PaddedBytes) return bytes;
        Array.Resize(ref bytes, PaddedBytes);
        bytes.AsSpan(packet).Fill(Padding);
        return bytes;
    }

    /// <summary>The headers from that one on, and what they carry.</summary>
    internal byte[] Build(int from)
    {
        byte[] bytes = [.. Rest];
        for (int i = Headers.Count - 1; i >= from; i--)
        {
            Header? inside = i + 1 < Headers.Count ? Headers[i + 1] : null;
            NetworkLayer? network = Headers.Take(i).OfType<NetworkLayer>().LastOrDefault();
            bytes = [.. Headers[i].Write(bytes, inside, network), .. bytes];
        }

        return bytes;
    }

    public static byte[] Mac(string text) => [.. text.Split(':').Select(part => Convert.ToByte(part, 16))];

    internal PacketBuilder Add<T>(T layer, Func<T, T>? with)
        where T : Header => this with { Headers = Headers.Add(with == null ? layer : with(layer)) };
}
