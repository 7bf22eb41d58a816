using System.Buffers.Binary;

namespace RustyRail.Dataplane.Ports.Xdp;

/// <summary>
/// Key of the VIP trie: prefix length, then what the trie matches bit by bit: where the destination was found, and the destination itself.
/// So one trie holds both kinds, and a prefix of one never answers for the other.
/// </summary>
internal static class VipKey
{
    public const int Bytes = 12, KindBits = 32;
    public const int Plain = 1, InsideGre = 2;

    /// <summary>A key as a number, for sorted sets: kind, length in bits, address.</summary>
    public static ulong Pack(uint address, int lengthBits, int kind)
    {
        uint mask = lengthBits == 0 ? 0 : uint.MaxValue << (32 - lengthBits);
        return ((ulong)kind << 40) | ((ulong)lengthBits << 32) | (address & mask);
    }

    public static void Write(ulong packed, Span<byte> key)
    {
        BinaryPrimitives.WriteInt32LittleEndian(key, KindBits + (int)((packed >> 32) & 0xFF));
        BinaryPrimitives.WriteInt32LittleEndian(key[4..], (int)(packed >> 40));
        BinaryPrimitives.WriteUInt32BigEndian(key[8..], (uint)packed);
    }

    public static ulong Read(ReadOnlySpan<byte> key) => Pack(
        BinaryPrimitives.ReadUInt32BigEndian(key[8..]),
        BinaryPrimitives.ReadInt32LittleEndian(key) - KindBits,
        BinaryPrimitives.ReadInt32LittleEndian(key[4..]));
}
