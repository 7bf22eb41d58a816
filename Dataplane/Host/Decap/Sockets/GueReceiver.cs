using System.Buffers.Binary;
using RustyRail.Dataplane.Native;

namespace RustyRail.Dataplane.Host.Decap.Sockets;

/// <summary>
/// Generic UDP encapsulation, variant 0 (draft-ietf-intarea-gue-09, section 3.1). The kernel has verified the UDP checksum where there was one:
/// packets with a wrong one are in its own counts (UdpInErrors).
/// </summary>
internal sealed class GueReceiver(TunnelSocket socket, SourcePrefixes sources) : TunnelReceiver(socket, sources)
{
    public const int DefaultPort = 6080;

    private const int HeaderBytes = 4;

    /// <summary>Variant and control bit in the first byte; both must be 0 for a data packet of variant 0.</summary>
    private const int VariantAndControl = 0xE0;

    public static GueReceiver Listen(bool isIpv6, int port, SourcePrefixes sources) => new(TunnelSocket.Udp(isIpv6, port), sources);

    protected override DecapReason Open(ReadOnlySpan<byte> payload, out TunnelContent content)
    {
        content = default;
        if (payload.Length < HeaderBytes) return DecapReason.Runt;
        // Each flag changes what follows in a way that is agreed upon beforehand: none is here. Unflagged words are private and stepped over.
        bool isUnknown = (payload[0] & VariantAndControl) != 0 || BinaryPrimitives.ReadUInt16BigEndian(payload[2..]) != 0;
        int protocol = payload[1];
        if (isUnknown || protocol is not (SocketAbi.IPPROTO_IPIP or SocketAbi.IPPROTO_IPV6)) return DecapReason.GueUnsupported;
        int length = HeaderBytes + ((payload[0] & 0x1F) * 4);
        if (payload.Length < length) return DecapReason.Runt;
        content = new TunnelContent(length, protocol == SocketAbi.IPPROTO_IPV6);
        return DecapReason.Delivered;
    }
}
