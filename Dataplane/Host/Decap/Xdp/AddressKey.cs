using System.Buffers.Binary;
using System.Net;

namespace RustyRail.Dataplane.Host.Decap.Xdp;

/// <summary>
/// Key of the maps: length of the prefix in bits, then family and address, which the trie matches bit by bit. The map of the host's own
/// addresses has no prefixes, so its key begins behind the length. IPv4 addresses are in the first four bytes, zeroes follow.
/// </summary>
internal static class AddressKey
{
    public const int Bytes = 24, LengthBytes = 4, FamilyBits = 32, WholeBits = 160;
    public const int Ipv4 = 4, Ipv6 = 6;

    public static byte[] Of(IPNetwork prefix)
    {
        byte[] key = new byte[Bytes], address = prefix.BaseAddress.GetAddressBytes();
        BinaryPrimitives.WriteInt32LittleEndian(key, FamilyBits + prefix.PrefixLength);
        BinaryPrimitives.WriteInt32LittleEndian(key.AsSpan(LengthBytes), address.Length == 4 ? Ipv4 : Ipv6);
        address.CopyTo(key, LengthBytes + 4);
        return key;
    }

    public static byte[] Of(IPAddress address) => Of(new IPNetwork(address, address.GetAddressBytes().Length * 8))[LengthBytes..];
}
