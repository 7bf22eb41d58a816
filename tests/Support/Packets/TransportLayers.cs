using System.Buffers.Binary;

namespace RustyRail.Tests.Support.Packets;

/// <summary>RFC 768.</summary>
public sealed record UdpLayer : Header
{
    private const int HeaderBytes = 8;

    public ushort SourcePort { get; init; }
    public ushort DestinationPort { get; init; }

    /// <summary>What is stated; the checksum covers no more than that.</summary>
    public int? Length { get; init; }

    /// <summary>The field is 0: the sender computed none.</summary>
    public bool HasNoChecksum { get; init; }
    public int ChecksumError { get; init; }

    public override byte IpProtocol => 17;

    internal override byte[] Write(byte[] behind, Header? inside, NetworkLayer? network)
    {
        byte[] header = new byte[HeaderBytes];
        int length = Length ?? (HeaderBytes + behind.Length);
        BinaryPrimitives.WriteUInt16BigEndian(header, SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), DestinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), (ushort)length);
        if (HasNoChecksum) return header;
        int covered = Math.Clamp(length - HeaderBytes, 0, behind.Length);
        uint pseudo = network?.PseudoHeader(IpProtocol, HeaderBytes + covered) ?? 0;
        ushort checksum = Rfc1071.Of([.. header, .. behind.AsSpan(0, covered)], pseudo);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(6), Spoil(checksum == 0 ? (ushort)0xFFFF : checksum, ChecksumError));
        return header;
    }
}

/// <summary>RFC 792: type, code, checksum and four bytes that depend on the type.</summary>
public sealed record IcmpLayer : Header
{
    public byte Type { get; init; }
    public byte Code { get; init; }
    public uint Rest { get; init; }
    public int ChecksumError { get; init; }

    public override byte IpProtocol => 1;

    internal override byte[] Write(byte[] behind, Header? inside, NetworkLayer? network)
    {
        byte[] header = [Type, Code, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), Rest);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), Spoil(Rfc1071.Of([.. header, .. behind]), ChecksumError));
        return header;
    }
}

/// <summary>RFC 4443: as ICMP, but the checksum covers a pseudo-header too.</summary>
public sealed record Icmpv6Layer : Header
{
    public byte Type { get; init; }
    public byte Code { get; init; }
    public uint Rest { get; init; }
    public int ChecksumError { get; init; }

    public override byte IpProtocol => 58;

    internal override byte[] Write(byte[] behind, Header? inside, NetworkLayer? network)
    {
        byte[] header = [Type, Code, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), Rest);
        uint pseudo = network?.PseudoHeader(IpProtocol, header.Length + behind.Length) ?? 0;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), Spoil(Rfc1071.Of([.. header, .. behind], pseudo), ChecksumError));
        return header;
    }
}
