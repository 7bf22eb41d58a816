using System.Buffers.Binary;

namespace RustyRail.Lab.GreRouter;

/// <summary>Which next hop a flow takes: addresses, protocol and ports of the inner packet, mixed. Like a router's, not RustyRail's own hash.</summary>
internal static class FlowHash
{
    private const int Tcp = 6, Udp = 17;

    public static uint Of(ReadOnlySpan<byte> packet)
    {
        ulong key = BinaryPrimitives.ReadUInt64BigEndian(packet[12..]);
        int protocol = packet[9];
        int header = (packet[0] & 0x0f) * 4;
        // Fragments have no ports but in the first; all pieces must take one way.
        bool fragment = (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0x3fff) != 0;
        uint ports = protocol is Tcp or Udp && !fragment && packet.Length >= header + 4 ? BinaryPrimitives.ReadUInt32BigEndian(packet[header..]) : 0;
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
