using System.Buffers.Binary;
using System.Net;

namespace RustyRail.Tests.Support.Packets;

/// <summary>RFC 791. Null fields are computed; given ones are written as they are, however wrong.</summary>
public sealed record Ipv4Layer : NetworkLayer
{
    public const ushort DontFragment = 0x4000, MoreFragments = 0x2000;

    public required IPAddress Source { get; init; }
    public required IPAddress Destination { get; init; }
    public byte Version { get; init; } = 4;
    public byte TypeOfService { get; init; }
    public ushort Identification { get; init; }

    /// <summary>Flags and offset as they stand in the header.</summary>
    public ushort FragmentField { get; init; }
    public byte TimeToLive { get; init; } = 64;
    public byte? Protocol { get; init; }
    public byte[] Options { get; init; } = [];

    /// <summary>Header length in words; null: as the options need.</summary>
    public int? HeaderWords { get; init; }
    public int? TotalLength { get; init; }
    public int ChecksumError { get; init; }

    public override byte IpProtocol => 4;
    public override ushort EtherType => 0x0800;

    internal override byte[] Write(byte[] behind, Header? inside, NetworkLayer? network)
    {
        byte[] header = new byte[20 + ((Options.Length + 3) / 4 * 4)];
        header[0] = (byte)((Version << 4) | (HeaderWords ?? (header.Length / 4)));
        header[1] = TypeOfService;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)(TotalLength ?? (header.Length + behind.Length)));
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), Identification);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(6), FragmentField);
        header[8] = TimeToLive;
        header[9] = Protocol ?? inside?.IpProtocol ?? 253;
        Source.GetAddressBytes().CopyTo(header, 12);
        Destination.GetAddressBytes().CopyTo(header, 16);
        Options.CopyTo(header, 20);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), Spoil(Rfc1071.Of(header), ChecksumError));
        return header;
    }

    internal override uint PseudoHeader(byte protocol, int length)
    {
        byte[] bytes = [.. Source.GetAddressBytes(), .. Destination.GetAddressBytes(), 0, protocol, (byte)(length >> 8), (byte)length];
        return (ushort)~Rfc1071.Of(bytes);
    }
}
