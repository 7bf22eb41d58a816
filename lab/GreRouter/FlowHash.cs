using System.Buffers.Binary;

namespace RustyRail.Lab.GreRouter;

/// <summary>Which next hop a flow takes: addresses, protocol and ports of the inner packet, mixed. Like a router's, not RustyRail's own hash.</summary>
internal static class FlowHash
{
    private const int Tcp = 6, Udp = 17, Ipv6Bytes = 40;

    public static uint Of(ReadOnlySpan<byte> packet) => packet[0] >> 4 == 6 ? OfIpv6(packet) : OfIpv4(packet);

    private static uint OfIpv4(ReadOnlySpan<byte> packet)
    {
        ulong key = BinaryPrimitives.ReadUInt64BigEndian(packet[12..]);
        // Fragments have no ports but in the first; all pieces must take one way.
        bool fragment = (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0x3fff) != 0;
        return Finish(key, packet[9], fragment ? default : packet[((packet[0] & 0x0f) * 4)..]);
    }

    // Packets with extension headers, fragments among them, go by addresses alone.
    private static uint OfIpv6(ReadOnlySpan<byte> packet)
    {
        ulong key = 0;
        for (int at = 8; at < Ipv6Bytes; at += sizeof(ulong)) key = Mix(key ^ BinaryPrimitives.ReadUInt64BigEndian(packet[at..]));
        return Finish(key, packet[6], packet[Ipv6Bytes..]);
    }

    private static uint Finish(ulong key, byte protocol, ReadOnlySpan<byte> transport)
    {
        uint ports = protocol is Tcp or Udp && transport.Length >= 4 ? BinaryPrimitives.ReadUInt32BigEndian(transport) : 0;
        return (uint)(Mix(Mix(key) ^ ports ^ ((ulong)protocol << 32)) >> 32);
    }

    // The finalizer of splitmix64: every input bit reaches every output bit.
    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return x ^ (x >> 31);
    }
}
