using System.Buffers.Binary;

namespace RustyRail.Tests.Support.Packets;

[Flags]
public enum TcpControl
{
    None = 0,
    Fin = 1,
    Syn = 2,
    Rst = 4,
    Psh = 8,
    Ack = 16,
}

/// <summary>RFC 9293, without options.</summary>
public sealed record TcpLayer : Header
{
    public ushort SourcePort { get; init; }
    public ushort DestinationPort { get; init; }
    public uint Sequence { get; init; } = 1;
    public TcpControl Flags { get; init; }

    /// <summary>As the header states it; the header itself is always 20 bytes.</summary>
    public int HeaderWords { get; init; } = 5;
    public int ChecksumError { get; init; }

    public override byte IpProtocol => 6;

    internal override byte[] Write(byte[] behind, Header? inside, Header? around)
    {
        byte[] header = new byte[20];
        BinaryPrimitives.WriteUInt16BigEndian(header, SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), DestinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), Sequence);
        header[12] = (byte)(HeaderWords << 4);
        header[13] = (byte)Flags;
        header[14] = 0xFF;
        uint pseudo = (around as Ipv4Layer)?.PseudoHeader(IpProtocol, header.Length + behind.Length) ?? 0;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(16), Spoil(Rfc1071.Of([.. header, .. behind], pseudo), ChecksumError));
        return header;
    }
}

/// <summary>RFC 768.</summary>
public sealed record UdpLayer : Header
{
    public ushort SourcePort { get; init; }
    public ushort DestinationPort { get; init; }
    public int? Length { get; init; }
    public int ChecksumError { get; init; }

    public override byte IpProtocol => 17;

    internal override byte[] Write(byte[] behind, Header? inside, Header? around)
    {
        byte[] header = new byte[8];
        BinaryPrimitives.WriteUInt16BigEndian(header, SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), DestinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), (ushort)(Length ?? (header.Length + behind.Length)));
        uint pseudo = (around as Ipv4Layer)?.PseudoHeader(IpProtocol, header.Length + behind.Length) ?? 0;
        ushort checksum = Rfc1071.Of([.. header, .. behind], pseudo);
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

    internal override byte[] Write(byte[] behind, Header? inside, Header? around)
    {
        byte[] header = [Type, Code, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), Rest);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), Spoil(Rfc1071.Of([.. header, .. behind]), ChecksumError));
        return header;
    }
}
