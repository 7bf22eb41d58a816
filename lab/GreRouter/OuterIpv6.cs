using System.Buffers.Binary;
using System.Net;
using RustyRail.Dataplane.Native;

namespace RustyRail.Lab.GreRouter;

/// <summary>GRE over IPv6 (RFC 7676): 44 bytes in front of the inner packet.</summary>
internal sealed unsafe class OuterIpv6 : IDisposable
{
    public const int Bytes = 44;

    private const int HeaderBytes = 40;
    private const byte HopLimit = 64;

    private readonly byte[] _local;
    private readonly SafeFd _socket;

    public OuterIpv6(IPAddress local)
    {
        _local = local.GetAddressBytes();
        _socket = SafeFd.Take(Libc.socket(SocketAbi.AF_INET6, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, SocketAbi.IPPROTO_RAW), "socket(AF_INET6, SOCK_RAW)");
    }

    /// <param name="packet">The inner packet begins at <paramref name="innerAt"/>, behind room for the headers.</param>
    /// <param name="flow">Hash of the inner packet's flow: its flow label.</param>
    public void Send(Span<byte> packet, int innerAt, byte[] balancer, uint flow)
    {
        ReadOnlySpan<byte> inner = packet[innerAt..];
        Span<byte> sent = packet[(innerAt - Bytes)..];
        // ECN and DSCP as on the inner header.
        int trafficClass = inner[0] >> 4 == 6 ? ((inner[0] & 0x0f) << 4) | (inner[1] >> 4) : inner[1];
        BinaryPrimitives.WriteUInt32BigEndian(sent, 0x6000_0000u | ((uint)trafficClass << 20) | (flow & 0xf_ffff));
        BinaryPrimitives.WriteUInt16BigEndian(sent[4..], (ushort)(sent.Length - HeaderBytes));
        (sent[6], sent[7]) = (SocketAbi.IPPROTO_GRE, HopLimit);
        _local.CopyTo(sent[8..]);
        balancer.CopyTo(sent[24..]);
        BinaryPrimitives.WriteUInt16BigEndian(sent[40..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(sent[42..], Router.EtherTypeOf(inner));

        sockaddr_in6 address = new() { sin6_family = SocketAbi.AF_INET6 };
        balancer.CopyTo(new Span<byte>(address.sin6_addr, balancer.Length));
        fixed (byte* bytes = sent) _ = Libc.sendto(_socket.Number, bytes, (nuint)sent.Length, 0, &address, (uint)sizeof(sockaddr_in6));
    }

    public void Dispose() => _socket.Dispose();
}
