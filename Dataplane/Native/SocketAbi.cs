using System.Runtime.InteropServices;

namespace RustyRail.Dataplane.Native;

/// <summary>sys/socket.h, netinet/in.h: what the kernel says beside a received packet. Checked against the C headers by a test.</summary>
internal static class SocketAbi
{
    public const int AF_INET6 = 10;
    public const int IPPROTO_IP = 0, IPPROTO_IPIP = 4, IPPROTO_UDP = 17, IPPROTO_IPV6 = 41, IPPROTO_GRE = 47, IPPROTO_RAW = 255;
    public const int IP_TOS = 1, IP_RECVTOS = 13, IP_RECVFRAGSIZE = 25;
    public const int IPV6_V6ONLY = 26, IPV6_RECVTCLASS = 66, IPV6_TCLASS = 67, IPV6_RECVFRAGSIZE = 77;
    public const int UDP_NO_CHECK6_RX = 102;
}

/// <summary>Port and address in network byte order.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct sockaddr_in6
{
    public ushort sin6_family;
    public ushort sin6_port;
    public uint sin6_flowinfo;
    public fixed byte sin6_addr[16];
    public uint sin6_scope_id;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct iovec
{
    public void* iov_base;
    public nuint iov_len;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct msghdr
{
    public void* msg_name;
    public uint msg_namelen;
    public iovec* msg_iov;
    public nuint msg_iovlen;
    public void* msg_control;
    public nuint msg_controllen;
    public int msg_flags;
}

/// <summary>Its bytes follow; the next one begins at a multiple of eight.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct cmsghdr
{
    public nuint cmsg_len;
    public int cmsg_level;
    public int cmsg_type;
}
