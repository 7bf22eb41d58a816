using System.Runtime.InteropServices;

namespace RustyRail.ControlPlane.Native;

/// <summary>Starts a program in a session of its own, with nothing of ours but the environment: it outlives us.</summary>
internal static unsafe class DetachedProcess
{
    private const uint LogMode = 0x1A4; // 0644
    private const uint FirstUnusedDescriptor = 3;

    /// <summary>Standard input is /dev/null; output and errors are appended to <paramref name="logPath"/>. Returns the pid.</summary>
    public static int Start(string path, IReadOnlyList<string> arguments, string logPath)
    {
        using var argv = new NullTerminatedStrings([path, .. arguments]);
        using var envp = new NullTerminatedStrings(ProgramReplacement.OwnEnvironment());
        using var paths = new NullTerminatedStrings(["/dev/null", logPath]);
        byte* attributes = stackalloc byte[ProcessLibc.SIZEOF_POSIX_SPAWNATTR];
        byte* actions = stackalloc byte[ProcessLibc.SIZEOF_POSIX_SPAWN_FILE_ACTIONS];
        byte* signals = stackalloc byte[ProcessLibc.SIZEOF_SIGSET];

        // Whatever our own parent left open in us (a shell's pipe, a service manager's lock) must not live as long as the child.
        _ = ProcessLibc.syscall_close_range(ProcessLibc.SYS_close_range, FirstUnusedDescriptor, uint.MaxValue, ProcessLibc.CLOSE_RANGE_CLOEXEC);
        Check(path, ProcessLibc.posix_spawnattr_init(attributes));
        Check(path, ProcessLibc.posix_spawn_file_actions_init(actions));
        try
        {
            // Our runtime ignores SIGPIPE and may have blocked others: the child begins with the defaults.
            _ = ProcessLibc.sigfillset(signals);
            Check(path, ProcessLibc.posix_spawnattr_setsigdefault(attributes, signals));
            _ = ProcessLibc.sigemptyset(signals);
            Check(path, ProcessLibc.posix_spawnattr_setsigmask(attributes, signals));
            Check(path, ProcessLibc.posix_spawnattr_setflags(
                attributes, ProcessLibc.POSIX_SPAWN_SETSID | ProcessLibc.POSIX_SPAWN_SETSIGDEF | ProcessLibc.POSIX_SPAWN_SETSIGMASK));
            Check(path, ProcessLibc.posix_spawn_file_actions_addopen(actions, 0, paths.Pointers[0], ProcessLibc.O_RDONLY, 0));
            Check(path, ProcessLibc.posix_spawn_file_actions_addopen(
                actions, 1, paths.Pointers[1], ProcessLibc.O_WRONLY | ProcessLibc.O_CREAT | ProcessLibc.O_APPEND, LogMode));
            Check(path, ProcessLibc.posix_spawn_file_actions_adddup2(actions, 1, 2));
            Check(path, ProcessLibc.posix_spawn(out int pid, argv.First, actions, attributes, argv.Pointers, envp.Pointers));
            return pid;
        }
        finally
        {
            _ = ProcessLibc.posix_spawn_file_actions_destroy(actions);
            _ = ProcessLibc.posix_spawnattr_destroy(attributes);
        }
    }

    private static void Check(string path, int errno)
    {
        if (errno != 0)
        {
            throw new OperatorException($"{path}: cannot be started: {Marshal.GetPInvokeErrorMessage(errno)}");
        }
    }
}
