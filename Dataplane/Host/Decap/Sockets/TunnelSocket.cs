using System.Buffers.Binary;
using RustyRail.Dataplane.Native;

namespace RustyRail.Dataplane.Host.Decap.Sockets;

/// <summary>
/// A socket that tunnel packets come out of, with what the kernel says beside each. A raw one for IPv4 hands over the outer header too;
/// all others begin behind it. That it is there also keeps the kernel from answering the senders with "unreachable".
/// </summary>
internal sealed unsafe class TunnelSocket : IDisposable
{
    private const int ReceiveBufferBytes = 8 << 20, ControlBytes = 128;

    private readonly SafeFd _fd;

    private TunnelSocket(SafeFd fd, bool isIpv6, bool hasOuterHeader)
    {
        _fd = fd;
        IsIpv6 = isIpv6;
        HasOuterHeader = hasOuterHeader;
    }

    public bool IsIpv6 { get; }

    public bool HasOuterHeader { get; }

    /// <summary>For poll(2); valid until <see cref="Dispose"/>.</summary>
    public int Descriptor => _fd.Number;

    public static TunnelSocket Raw(bool isIpv6, int protocol)
    {
        string call = $"socket({(isIpv6 ? "AF_INET6" : "AF_INET")}, SOCK_RAW, {protocol})";
        var fd = SafeFd.Take(Libc.socket(FamilyOf(isIpv6), Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, protocol), call);
        return Prepared(new TunnelSocket(fd, isIpv6, hasOuterHeader: !isIpv6));
    }

    public static TunnelSocket Udp(bool isIpv6, int port)
    {
        var fd = SafeFd.Take(Libc.socket(FamilyOf(isIpv6), Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, SocketAbi.IPPROTO_UDP), "socket(UDP)");
        TunnelSocket socket = Prepared(new TunnelSocket(fd, isIpv6, hasOuterHeader: false));
        if (isIpv6)
        {
            Set(fd, SocketAbi.IPPROTO_IPV6, SocketAbi.IPV6_V6ONLY);
            // RFC 6935: a tunnel's end may take packets without a checksum. What is inside has its own.
            Set(fd, SocketAbi.IPPROTO_UDP, SocketAbi.UDP_NO_CHECK6_RX);
        }

        sockaddr_in6 address = new() { sin6_family = (ushort)FamilyOf(isIpv6), sin6_port = BinaryPrimitives.ReverseEndianness((ushort)port) };
        if (Libc.bind(fd.Number, &address, (uint)(isIpv6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in))) == 0) return socket;
        var failure = NativeException.Last($"bind(UDP port {port}, {(isIpv6 ? "IPv6" : "IPv4")})");
        fd.Dispose();
        throw failure;
    }

    /// <summary>False: nothing waits.</summary>
    public bool TryReceive(Span<byte> buffer, out Arrival arrival)
    {
        sockaddr_in6 from = default;
        byte* control = stackalloc byte[ControlBytes];
        fixed (byte* bytes = buffer)
        {
            iovec into = new() { iov_base = bytes, iov_len = (nuint)buffer.Length };
            msghdr message = new()
            {
                msg_name = &from, msg_namelen = (uint)sizeof(sockaddr_in6), msg_iov = &into, msg_iovlen = 1,
                msg_control = control, msg_controllen = ControlBytes,
            };
            int length = (int)Libc.recvmsg(_fd.Number, &message, Libc.MSG_DONTWAIT);
            arrival = default;
            if (length < 0) return false;
            (int congestion, bool isFragment) = Read(new ReadOnlySpan<byte>(control, (int)message.msg_controllen));
            arrival = new Arrival(length, IsIpv6 ? OuterSource.Ipv6(new ReadOnlySpan<byte>(from.sin6_addr, 16)) : Ipv4Of(&from), congestion, isFragment);
            return true;
        }
    }

    public void Dispose() => _fd.Dispose();

    private static OuterSource Ipv4Of(sockaddr_in6* from) => OuterSource.Ipv4(new ReadOnlySpan<byte>(&((sockaddr_in*)from)->sin_addr, sizeof(uint)));

    private static (int Congestion, bool IsFragment) Read(ReadOnlySpan<byte> control)
    {
        (int congestion, bool isFragment) = (0, false);
        while (control.Length > sizeof(cmsghdr))
        {
            fixed (byte* at = control)
            {
                cmsghdr* header = (cmsghdr*)at;
                switch (header->cmsg_level, header->cmsg_type)
                {
                    case (SocketAbi.IPPROTO_IP, SocketAbi.IP_TOS) or (SocketAbi.IPPROTO_IPV6, SocketAbi.IPV6_TCLASS):
                        congestion = at[sizeof(cmsghdr)] & 3; // a byte, or an int in the machine's order
                        break;
                    case (SocketAbi.IPPROTO_IP, SocketAbi.IP_RECVFRAGSIZE) or (SocketAbi.IPPROTO_IPV6, SocketAbi.IPV6_RECVFRAGSIZE):
                        isFragment = true;
                        break;
                }

                control = control[Math.Min(control.Length, ((int)header->cmsg_len + 7) & ~7)..];
            }
        }

        return (congestion, isFragment);
    }

    private static TunnelSocket Prepared(TunnelSocket socket)
    {
        int bytes = ReceiveBufferBytes;
        _ = Libc.setsockopt(socket._fd.Number, Libc.SOL_SOCKET, Libc.SO_RCVBUFFORCE, &bytes, sizeof(int));
        if (socket.IsIpv6)
        {
            Set(socket._fd, SocketAbi.IPPROTO_IPV6, SocketAbi.IPV6_RECVTCLASS);
            Set(socket._fd, SocketAbi.IPPROTO_IPV6, SocketAbi.IPV6_RECVFRAGSIZE);
        }
        else
        {
            Set(socket._fd, SocketAbi.IPPROTO_IP, SocketAbi.IP_RECVTOS);
            Set(socket._fd, SocketAbi.IPPROTO_IP, SocketAbi.IP_RECVFRAGSIZE);
        }

        return socket;
    }

    private static void Set(SafeFd fd, int level, int option)
    {
        int on = 1;
        if (Libc.setsockopt(fd.Number, level, option, &on, sizeof(int)) == 0) return;
        var failure = NativeException.Last($"setsockopt({level}, {option})");
        fd.Dispose();
        throw failure;
    }

    private static int FamilyOf(bool isIpv6) => isIpv6 ? SocketAbi.AF_INET6 : Libc.AF_INET;
}
