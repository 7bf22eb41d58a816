using System.Runtime.InteropServices;

namespace RustyRail.ControlPlane.Native;

/// <summary>System calls of the control plane; C spelling as in the man pages.</summary>
internal static partial class Libc
{
    public const int AF_INET = 2, AF_INET6 = 10, AF_NETLINK = 16;
    public const int SOCK_RAW = 3, SOCK_CLOEXEC = 0x80000;
    public const int ESRCH = 3, EINTR = 4, EACCES = 13, ENODEV = 19, EINVAL = 22, ENETUNREACH = 101, ENOBUFS = 105, EHOSTUNREACH = 113;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int bind(int sockfd, in sockaddr_nl addr, int addrlen);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int close(int fd);
}
