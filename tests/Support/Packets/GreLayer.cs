using System.Buffers.Binary;

namespace RustyRail.Tests.Support.Packets;

/// <summary>RFC 2784 with key and sequence number of RFC 2890.</summary>
public sealed record GreLayer : Header
{
    public bool HasChecksum { get; init; }
    public uint? Key { get; init; }
    public uint? Sequence { get; init; }

    /// <summary>Version, or any bits to add to the first word.</summary>
    public ushort MoreFlags { get; init; }
    public ushort? ProtocolType { get; init; }
    public int ChecksumError { get; init; }

    public override byte IpProtocol => 47;

    internal override byte[] Write(byte[] behind, Header? inside, NetworkLayer? network)
    {
        ushort flags = (ushort)((HasChecksum ? 0x8000 : 0) | (Key.HasValue ? 0x2000 : 0) | (Sequence.HasValue ? 0x1000 : 0) | MoreFlags);
        ushort type = ProtocolType ?? inside?.EtherType ?? 0x0800;
        byte[] header =
        [
            (byte)(flags >> 8), (byte)flags, (byte)(type >> 8), (byte)type,
            .. HasChecksum ? new byte[4] : [], .. Word(Key), .. Word(Sequence),
        ];
        if (HasChecksum) BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), Spoil(Rfc1071.Of([.. header, .. behind]), ChecksumError));
        return header;
    }

    private static byte[] Word(uint? value)
    {
        if (value == null) return [];
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value.Value);
        return bytes;
    }
}
