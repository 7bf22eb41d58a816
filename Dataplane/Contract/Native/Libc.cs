using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RustyRail.Contract.Native;

/// <summary>The system calls that a shared file on tmpfs needs; C spelling as in the man pages.</summary>
internal static unsafe partial class Libc
{
    public const int PROT_READ = 1, PROT_WRITE = 2, MAP_SHARED = 1;
    public const nint MAP_FAILED = -1;

    /// <summary>Since Linux 5.14.</summary>
    public const int MADV_POPULATE_WRITE = 23;
    public const int F_OFD_GETLK = 36, F_OFD_SETLK = 37;
    public const short F_RDLCK = 0, F_WRLCK = 1, F_UNLCK = 2;
    public const long TMPFS_MAGIC = 0x01021994;
    public const int EINTR = 4, ENOSPC = 28;
    public const int FUTEX_WAIT = 0, FUTEX_WAKE = 1;
    private const long SYS_futex = 202;

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint mmap(nint addr, nuint length, int prot, int flags, SafeFileHandle fd, nint offset);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int munmap(nint addr, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int madvise(nint addr, nuint length, int advice);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fallocate(SafeFileHandle fd, int mode, nint offset, nint length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fcntl(SafeFileHandle fd, int command, ref Flock argument);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int memfd_create(string name, uint flags);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int statfs(string path, byte* buffer);

    /// <summary>On memory that processes share; there is no wrapper in libc (futex(2)).</summary>
    /// <param name="timeout">Relative; null: none.</param>
    public static long futex(uint* word, int operation, uint value, timespec* timeout) => syscall(SYS_futex, word, operation, value, timeout, null, 0);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(long number, uint* word, int operation, uint value, timespec* timeout, uint* word2, uint value3);

    [StructLayout(LayoutKind.Sequential)]
    public struct timespec
    {
        public long tv_sec, tv_nsec;
    }

    /// <summary>struct flock on x86-64 (bits/fcntl.h): an open-file-description lock wants l_pid 0.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Flock
    {
        public short l_type, l_whence;
        public long l_start, l_len;
        public int l_pid;
    }
}
