using RustyRail.Dataplane.Native;

namespace RustyRail.Dataplane.Host.Decap.Sockets;

/// <summary>IP in IP (RFC 2003, 2473, 4213): no header of its own, the protocol number says which version is inside.</summary>
internal sealed class IpipReceiver(TunnelSocket socket, SourcePrefixes sources, bool isIpv6Inside) : TunnelReceiver(socket, sources)
{
    public static IpipReceiver Listen(bool isIpv6, bool isIpv6Inside, SourcePrefixes sources)
    {
        int protocol = isIpv6Inside ? SocketAbi.IPPROTO_IPV6 : SocketAbi.IPPROTO_IPIP;
        return new IpipReceiver(TunnelSocket.Raw(isIpv6, protocol), sources, isIpv6Inside);
    }

    protected override DecapReason Open(ReadOnlySpan<byte> payload, out TunnelContent content)
    {
        content = new TunnelContent(0, isIpv6Inside);
        return DecapReason.Delivered;
    }
}
