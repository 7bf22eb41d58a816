using System.Buffers.Binary;
using System.Net;
using RustyRail.Dataplane.Native;

namespace RustyRail.Lab.GreRouter;

/// <summary>GRE over IPv4: 24 bytes in front of the inner packet.</summary>
internal sealed unsafe class OuterIpv4 : IDisposable
{
    private const int Bytes = 24;
    private const byte TimeToLive = 64;
    private const ushort DontFragment = 0x4000;

    private readonly byte[] _local;
    private readonly SafeFd _socket;

    public OuterIpv4(IPAddress local)
    {
        _local = local.GetAddressBytes();
        // This protocol number says that the header is ours.
        _socket = SafeFd.Take(Libc.socket(Libc.AF_INET, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, SocketAbi.IPPROTO_RAW), "socket(AF_INET, SOCK_RAW)");
    }

    /// <param name="packet">The inner packet begins at <paramref name="innerAt"/>, behind room for the headers.</param>
    public void Send(Span<byte> packet, int innerAt, byte[] balancer)
    {
        ReadOnlySpan<byte> inner = packet[innerAt..];
        bool isIpv6 = inner[0] >> 4 == 6;
        Span<byte> sent = packet[(innerAt - Bytes)..];
        sent[..Bytes].Clear();
        // ECN and DSCP as on the inner header; the kernel fills identification and checksum in.
        (sent[0], sent[1]) = (0x45, isIpv6 ? (byte)((inner[0] << 4) | (inner[1] >> 4)) : inner[1]);
        BinaryPrimitives.WriteUInt16BigEndian(sent[2..], (ushort)sent.Length);
        ushort whole = isIpv6 ? DontFragment : (ushort)(BinaryPrimitives.ReadUInt16BigEndian(inner[6..]) & DontFragment);
        BinaryPrimitives.WriteUInt16BigEndian(sent[6..], whole);
        (sent[8], sent[9]) = (TimeToLive, SocketAbi.IPPROTO_GRE);
        _local.CopyTo(sent[12..]);
        balancer.CopyTo(sent[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(sent[22..], Router.EtherTypeOf(inner));

        sockaddr_in address = new() { sin_family = Libc.AF_INET, sin_addr = BitConverter.ToUInt32(balancer) };
        fixed (byte* bytes = sent) _ = Libc.sendto(_socket.Number, bytes, (nuint)sent.Length, 0, &address, (uint)sizeof(sockaddr_in));
    }

    public void Dispose() => _socket.Dispose();
}
