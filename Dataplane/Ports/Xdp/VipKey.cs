using System.Buffers.Binary;
using RustyRail.Contract.Snapshots;

namespace RustyRail.Dataplane.Ports.Xdp;

/// <summary>Where a destination was found. The family is a part of it: ::/0 is not for IPv4, nor 10.1.0.1 for IPv6 to ::ffff:10.1.0.1.</summary>
internal enum VipKind
{
    PlainIpv4 = 1, Ipv4InsideGre = 2, PlainIpv6 = 3, Ipv6InsideGre = 4,
}

/// <summary>
/// Key of the VIP trie: prefix length, then what the trie matches bit by bit: the kind, and the destination as it lies in the packet. So one
/// trie holds all kinds, and a prefix of one never answers for another. IPv4 is not mapped: with its four bytes beside the kind, a node of the
/// trie is one comparison of 8 bytes, which saves 8 ns of 33 where there are a thousand VIPs.
/// </summary>
internal readonly record struct VipKey : IComparable<VipKey>
{
    public const int Bytes = 24, KindBits = 32;

    /// <summary>Of the version that knew IPv4 alone: its keys end behind the four bytes.</summary>
    public const int OlderBytes = 12;

    private VipKey(VipKind kind, int prefixBits, ulong first, ulong second)
    {
        Kind = kind;
        PrefixBits = prefixBits;
        First = first & Mask(prefixBits);
        Second = second & Mask(prefixBits - 64);
    }

    public VipKind Kind { get; }

    /// <summary>0-32 or 0-128, by the kind.</summary>
    public int PrefixBits { get; }

    /// <summary>Eight bytes of the address as they lie in memory, zero behind the prefix and behind an IPv4 address.</summary>
    public ulong First { get; }

    public ulong Second { get; }

    public static VipKey Of(in VipPrefix prefix, bool insideGre) => prefix.IsIpv4
        ? new VipKey(insideGre ? VipKind.Ipv4InsideGre : VipKind.PlainIpv4, prefix.PrefixBits - VipPrefix.MappedBits, prefix.Address.Ipv4, 0)
        : new VipKey(insideGre ? VipKind.Ipv6InsideGre : VipKind.PlainIpv6, prefix.PrefixBits, prefix.Address.High, prefix.Address.Low);

    /// <summary>Of this version or of the older one.</summary>
    public static VipKey Read(ReadOnlySpan<byte> key)
    {
        Span<byte> whole = stackalloc byte[Bytes];
        whole.Clear();
        key.CopyTo(whole);
        return new VipKey(
            (VipKind)BinaryPrimitives.ReadInt32LittleEndian(whole[4..]),
            BinaryPrimitives.ReadInt32LittleEndian(whole) - KindBits,
            BinaryPrimitives.ReadUInt64LittleEndian(whole[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(whole[16..]));
    }

    public void Write(Span<byte> key)
    {
        BinaryPrimitives.WriteInt32LittleEndian(key, KindBits + PrefixBits);
        BinaryPrimitives.WriteInt32LittleEndian(key[4..], (int)Kind);
        BinaryPrimitives.WriteUInt64LittleEndian(key[8..], First);
        BinaryPrimitives.WriteUInt64LittleEndian(key[16..], Second);
    }

    /// <summary>An order for sorted sets; which one does not matter.</summary>
    public int CompareTo(VipKey other)
    {
        int kind = ((int)Kind << 8) + PrefixBits, otherKind = ((int)other.Kind << 8) + other.PrefixBits;
        if (kind != otherKind) return kind.CompareTo(otherKind);
        return First != other.First ? First.CompareTo(other.First) : Second.CompareTo(other.Second);
    }

    // Of the word's bits as they lie in the packet, the first few.
    private static ulong Mask(int bits) => bits switch
    {
        <= 0 => 0,
        >= 64 => ulong.MaxValue,
        _ => BinaryPrimitives.ReverseEndianness(ulong.MaxValue << (64 - bits)),
    };
}
