using System.Buffers.Binary;

namespace RustyRail.Tests.Support.Packets;

/// <summary>By their protocol numbers.</summary>
public enum Ipv6ExtensionKind : byte
{
    HopByHop = 0,
    Routing = 43,
    Fragment = 44,
    Authentication = 51,
    DestinationOptions = 60,
}

/// <summary>RFC 8200 section 4, RFC 4302 for authentication. Options are padding (PadN), routes are zero, the integrity check value is 0x5A.</summary>
public sealed record Ipv6ExtensionLayer : Header
{
    public required Ipv6ExtensionKind Kind { get; init; }

    /// <summary>The whole header: a multiple of 8. Fragment headers always have 8.</summary>
    public int Bytes { get; init; } = 8;
    public byte? NextHeader { get; init; }

    /// <summary>As it stands in the header; null: what <see cref="Bytes"/> needs.</summary>
    public byte? LengthField { get; init; }

    public byte RoutingType { get; init; }
    public byte SegmentsLeft { get; init; }

    /// <summary>Of a fragment, in bytes: a multiple of 8.</summary>
    public int Offset { get; init; }
    public bool MoreFragments { get; init; }
    public uint Identification { get; init; }

    public override byte IpProtocol => (byte)Kind;

    internal override byte[] Write(byte[] behind, Header? inside, NetworkLayer? network)
    {
        byte[] header = new byte[Kind == Ipv6ExtensionKind.Fragment ? 8 : Bytes];
        header[0] = NextHeader ?? inside?.IpProtocol ?? 59;
        switch (Kind)
        {
            case Ipv6ExtensionKind.Fragment:
                header[1] = LengthField ?? 0;
                BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)(Offset | (MoreFragments ? 1 : 0)));
                BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), Identification);
                break;
            case Ipv6ExtensionKind.Authentication:
                // Words of four bytes, less two; SPI and sequence number come before the check value.
                header[1] = LengthField ?? (byte)((Bytes / 4) - 2);
                if (Bytes >= 12) (header[7], header[11]) = (1, 1);
                if (Bytes > 12) header.AsSpan(12).Fill(0x5A);
                break;
            case Ipv6ExtensionKind.Routing:
                header[1] = LengthField ?? (byte)((Bytes / 8) - 1);
                (header[2], header[3]) = (RoutingType, SegmentsLeft);
                break;
            default:
                header[1] = LengthField ?? (byte)((Bytes / 8) - 1);
                WritePadding(header.AsSpan(2));
                break;
        }

        return header;
    }

    /// <summary>PadN holds 257 bytes at most.</summary>
    private static void WritePadding(Span<byte> options)
    {
        while (options.Length > 1)
        {
            int bytes = Math.Min(options.Length, 257);
            if (options.Length - bytes == 1) bytes--;
            (options[0], options[1]) = (1, (byte)(bytes - 2));
            options = options[bytes..];
        }
    }
}
