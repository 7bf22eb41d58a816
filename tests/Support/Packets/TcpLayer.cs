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
    Urg = 32,
    Ece = 64,
    Cwr = 128,
}

/// <summary>RFC 9293.</summary>
public sealed record TcpLayer : Header
{
    public ushort SourcePort { get; init; }
    public ushort DestinationPort { get; init; }
    public uint Sequence { get; init; } = 1;
    public TcpControl Flags { get; init; }

    /// <summary>One behind the other (<see cref="TcpOption"/>); the header fills up to a word with zeroes.</summary>
    public byte[] Options { get; init; } = [];

    /// <summary>As the header states it; null: as the options need.</summary>
    public int? HeaderWords { get; init; }
    public int ChecksumError { get; init; }

    public override byte IpProtocol => 6;

    internal override byte[] Write(byte[] behind, Header? inside, NetworkLayer? network)
    {
        byte[] header = new byte[20 + ((Options.Length + 3) / 4 * 4)];
        BinaryPrimitives.WriteUInt16BigEndian(header, SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), DestinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), Sequence);
        header[12] = (byte)((HeaderWords ?? (header.Length / 4)) << 4);
        header[13] = (byte)Flags;
        header[14] = 0xFF;
        Options.CopyTo(header, 20);
        uint pseudo = network?.PseudoHeader(IpProtocol, header.Length + behind.Length) ?? 0;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(16), Spoil(Rfc1071.Of([.. header, .. behind], pseudo), ChecksumError));
        return header;
    }
}

/// <summary>RFC 9293 section 3.2, RFC 7323, RFC 2018.</summary>
public static class TcpOption
{
    public static byte[] End => [0];
    public static byte[] NoOperation => [1];
    public static byte[] WindowScale => [3, 3, 7];
    public static byte[] SelectiveAcknowledgement => [4, 2];
    public static byte[] Timestamps => [8, 10, 0, 0, 0x30, 0x39, 0, 0, 0, 0];

    public static byte[] MaximumSegment(int bytes) => [2, 4, (byte)(bytes >> 8), (byte)bytes];
}
