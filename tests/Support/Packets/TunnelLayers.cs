namespace RustyRail.Tests.Support.Packets;

/// <summary>Generic UDP encapsulation, variant 0 without flags (draft-ietf-intarea-gue section 3.1); behind UDP port 6080.</summary>
public sealed record GueLayer : Header
{
    public const int Port = 6080;

    /// <summary>Null: that of the header inside.</summary>
    public byte? Protocol { get; init; }

    /// <summary>Variant, control flag and header length as they stand in the first byte.</summary>
    public byte First { get; init; }
    public ushort Flags { get; init; }

    internal override byte[] Write(byte[] behind, Header? inside, NetworkLayer? network) =>
        [First, Protocol ?? inside?.IpProtocol ?? 59, (byte)(Flags >> 8), (byte)Flags];
}

/// <summary>RFC 7348 section 5; behind UDP port 4789.</summary>
public sealed record VxlanLayer : Header
{
    public const int Port = 4789;

    public required int Vni { get; init; }
    public byte Flags { get; init; } = 0x08;

    internal override byte[] Write(byte[] behind, Header? inside, NetworkLayer? network) =>
        [Flags, 0, 0, 0, (byte)(Vni >> 16), (byte)(Vni >> 8), (byte)Vni, 0];
}

/// <summary>RFC 8926 section 3.4, without options; behind UDP port 6081.</summary>
public sealed record GeneveLayer : Header
{
    public const int Port = 6081;

    public required int Vni { get; init; }

    /// <summary>Null: that of the header inside.</summary>
    public ushort? ProtocolType { get; init; }

    internal override byte[] Write(byte[] behind, Header? inside, NetworkLayer? network)
    {
        ushort type = ProtocolType ?? inside?.EtherType ?? 0x6558;
        return [0, 0, (byte)(type >> 8), (byte)type, (byte)(Vni >> 16), (byte)(Vni >> 8), (byte)Vni, 0];
    }
}
