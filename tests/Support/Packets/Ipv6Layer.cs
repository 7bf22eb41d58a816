using System.Buffers.Binary;
using System.Net;

namespace RustyRail.Tests.Support.Packets;

/// <summary>RFC 8200 section 3. Null fields are computed; given ones are written as they are, however wrong.</summary>
public sealed record Ipv6Layer : NetworkLayer
{
    public const int Bytes = 40;

    public required IPAddress Source { get; init; }
    public required IPAddress Destination { get; init; }
    public byte Version { get; init; } = 6;
    public byte TrafficClass { get; init; }

    /// <summary>20 bits.</summary>
    public uint FlowLabel { get; init; }
    public byte HopLimit { get; init; } = 64;
    public int? PayloadLength { get; init; }
    public byte? NextHeader { get; init; }

    public override byte IpProtocol => 41;
    public override ushort EtherType => 0x86DD;

    internal override byte[] Write(byte[] behind, Header? inside, NetworkLayer? network)
    {
        byte[] header = new byte[Bytes];
        BinaryPrimitives.WriteUInt32BigEndian(header, ((uint)Version << 28) | ((uint)TrafficClass << 20) | FlowLabel);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), (ushort)(PayloadLength ?? behind.Length));
        header[6] = NextHeader ?? inside?.IpProtocol ?? 253;
        header[7] = HopLimit;
        Source.GetAddressBytes().CopyTo(header, 8);
        Destination.GetAddressBytes().CopyTo(header, 24);
        return header;
    }

    internal override uint PseudoHeader(byte protocol, int length)
    {
        byte[] bytes = [.. Source.GetAddressBytes(), .. Destination.GetAddressBytes(), 0, 0, (byte)(length >> 8), (byte)length, 0, 0, 0, protocol];
        return (ushort)~Rfc1071.Of(bytes);
    }
}
