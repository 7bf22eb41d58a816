using System.Runtime.InteropServices;

namespace RustyRail.ControlPlane.Native;

internal static unsafe partial class ProcessLibc
{
    internal const int SIGTERM = 15;
    internal const int SIGKILL = 9;
    internal const int SIGPIPE = 13;
    internal const int ESRCH = 3;
    internal const int WNOHANG = 1;
    internal const int O_RDONLY = 0;
    internal const int O_WRONLY = 1;
    internal const int O_CREAT = 0x40;
    internal const int O_APPEND = 0x400;
    internal const short POLLIN = 1;
    internal const short POSIX_SPAWN_SETSIGDEF = 0x04;
    internal const short POSIX_SPAWN_SETSIGMASK = 0x08;
    internal const short POSIX_SPAWN_SETSID = 0x80;
    internal const long SYS_pidfd_send_signal = 424;
    internal const long SYS_pidfd_open = 434;
    internal const long SYS_close_range = 436;
    internal const uint CLOSE_RANGE_CLOEXEC = 4;

    // glibc on x86-64: 336, 80 and 128 bytes; the buffers are larger so that a newer glibc may grow.
    internal const int SIZEOF_POSIX_SPAWNATTR = 512;
    internal const int SIZEOF_POSIX_SPAWN_FILE_ACTIONS = 256;
    internal const int SIZEOF_SIGSET = 256;

    internal struct pollfd
    {
        internal int fd;
        internal short events;
        internal short revents;
    }

    // These return an errno and leave the variable alone.
    [LibraryImport("libc")]
    internal static partial int posix_spawn(out int pid, byte* path, byte* file_actions, byte* attributes, byte** argv, byte** envp);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_setsigdefault(byte* attributes, byte* set);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_setsigmask(byte* attributes, byte* set);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_addopen(byte* actions, int fd, byte* path, int flags, uint mode);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_adddup2(byte* actions, int fd, int newfd);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int sigfillset(byte* set);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int sigemptyset(byte* set);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint signal(int signum, nint handler);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int execve(byte* path, byte** argv, byte** envp);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int waitpid(int pid, int* status, int options);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int poll(pollfd* fds, nuint count, int timeout);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close(int fd);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long syscall_close_range(long number, uint first, uint last, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long syscall_pidfd_open(long number, int pid, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long syscall_pidfd_send_signal(long number, int pidfd, int signal, nint info, uint flags);
}
