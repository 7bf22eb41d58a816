using System.Runtime.InteropServices;

namespace RustyRail.Dataplane.Native;

/// <summary>Error numbers of the Linux kernel by name; <see cref="Name"/> is what an operator can search for.</summary>
internal static class Errno
{
    public const int EPERM = 1, ENOENT = 2, EINTR = 4, EIO = 5, ENXIO = 6, E2BIG = 7, EBADF = 9, EAGAIN = 11, ENOMEM = 12, EACCES = 13,
        EFAULT = 14, EBUSY = 16, EEXIST = 17, ENODEV = 19, ENOTDIR = 20, EISDIR = 21, EINVAL = 22, EMFILE = 24, EFBIG = 27, ENOSPC = 28, EROFS = 30,
        ERANGE = 34, ENOSYS = 38, EMSGSIZE = 90, ENOPROTOOPT = 92, EPROTONOSUPPORT = 93, EOPNOTSUPP = 95, EAFNOSUPPORT = 97, EADDRINUSE = 98,
        EADDRNOTAVAIL = 99, ENETDOWN = 100, ENETUNREACH = 101, ENOBUFS = 105, ETIMEDOUT = 110, EHOSTUNREACH = 113;

    private static readonly Dictionary<int, string> _names = new()
    {
        [EPERM] = nameof(EPERM), [ENOENT] = nameof(ENOENT), [EINTR] = nameof(EINTR), [EIO] = nameof(EIO), [ENXIO] = nameof(ENXIO),
        [E2BIG] = nameof(E2BIG), [EBADF] = nameof(EBADF), [EAGAIN] = nameof(EAGAIN), [ENOMEM] = nameof(ENOMEM), [EACCES] = nameof(EACCES),
        [EFAULT] = nameof(EFAULT), [EBUSY] = nameof(EBUSY), [EEXIST] = nameof(EEXIST), [ENODEV] = nameof(ENODEV), [ENOTDIR] = nameof(ENOTDIR),
        [EISDIR] = nameof(EISDIR), [EINVAL] = nameof(EINVAL), [EMFILE] = nameof(EMFILE), [EFBIG] = nameof(EFBIG), [ENOSPC] = nameof(ENOSPC),
        [EROFS] = nameof(EROFS), [ERANGE] = nameof(ERANGE), [ENOSYS] = nameof(ENOSYS), [EMSGSIZE] = nameof(EMSGSIZE), [ENOPROTOOPT] = nameof(ENOPROTOOPT),
        [EPROTONOSUPPORT] = nameof(EPROTONOSUPPORT), [EOPNOTSUPP] = nameof(EOPNOTSUPP), [EAFNOSUPPORT] = nameof(EAFNOSUPPORT),
        [EADDRINUSE] = nameof(EADDRINUSE), [EADDRNOTAVAIL] = nameof(EADDRNOTAVAIL), [ENETDOWN] = nameof(ENETDOWN), [ENETUNREACH] = nameof(ENETUNREACH),
        [ENOBUFS] = nameof(ENOBUFS), [ETIMEDOUT] = nameof(ETIMEDOUT), [EHOSTUNREACH] = nameof(EHOSTUNREACH),
    };

    /// <summary>Of the last import that failed on this thread.</summary>
    public static int Last => Marshal.GetLastPInvokeError();

    public static string Name(int errno) => _names.TryGetValue(errno, out string? name) ? name : $"errno {errno}";

    public static string Explain(int errno) => $"{Marshal.GetPInvokeErrorMessage(errno)} ({Name(errno)})";
}
