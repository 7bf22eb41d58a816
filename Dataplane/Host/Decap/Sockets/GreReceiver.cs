using System.Buffers.Binary;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Packets;

namespace RustyRail.Dataplane.Host.Decap.Sockets;

/// <summary>GRE, RFC 2784 and 2890: the checksum is verified, key and sequence number are stepped over.</summary>
internal sealed unsafe class GreReceiver(TunnelSocket socket, SourcePrefixes sources) : TunnelReceiver(socket, sources)
{
    private const ushort Ipv4 = 0x0800, Ipv6 = 0x86DD;

    public static GreReceiver Listen(bool isIpv6, SourcePrefixes sources) => new(TunnelSocket.Raw(isIpv6, SocketAbi.IPPROTO_GRE), sources);

    protected override DecapReason Open(ReadOnlySpan<byte> payload, out TunnelContent content)
    {
        content = default;
        if (payload.Length < GreHeader.Size) return DecapReason.Runt;
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(payload[2..]);
        if (type is not (Ipv4 or Ipv6)) return DecapReason.GreUnsupported;
        fixed (byte* at = payload)
        {
            GreHeader* header = (GreHeader*)at;
            if ((header->FlagsAndVersion.Value & GreHeader.Unsupported) != 0) return DecapReason.GreUnsupported;
            if (payload.Length < header->HeaderLength) return DecapReason.Runt;
            if (header->HasChecksum && !InternetChecksum.Verify(at, payload.Length)) return DecapReason.BadChecksum;
            content = new TunnelContent(header->HeaderLength, type == Ipv6);
            return DecapReason.Delivered;
        }
    }
}
