using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RustyRail.ControlPlane.Native;

/// <summary>A process that cannot be mistaken for a later one of the same number.</summary>
internal sealed unsafe class PidFd : SafeHandleMinusOneIsInvalid
{
    private PidFd(int fd, int pid)
        : base(ownsHandle: true)
    {
        SetHandle(fd);
        Pid = pid;
    }

    public int Pid { get; }

    /// <summary>Null: there is no such process any more.</summary>
    public static PidFd? TryOpen(int pid)
    {
        long fd = ProcessLibc.syscall_pidfd_open(ProcessLibc.SYS_pidfd_open, pid, 0);
        if (fd >= 0)
        {
            return new PidFd((int)fd, pid);
        }

        int errno = Marshal.GetLastPInvokeError();
        return errno == ProcessLibc.ESRCH ? null : throw new OperatorException($"process {pid}: {Marshal.GetPInvokeErrorMessage(errno)}", ExitCode.Failed);
    }

    /// <summary>A zombie has ended too.</summary>
    public bool HasEnded
    {
        get
        {
            var wait = new ProcessLibc.pollfd { fd = (int)handle, events = ProcessLibc.POLLIN };
            return ProcessLibc.poll(&wait, 1, 0) > 0;
        }
    }

    public void Terminate() => Send(ProcessLibc.SIGTERM);

    public void Kill() => Send(ProcessLibc.SIGKILL);

    /// <summary>
    /// Takes the exit status of an ended child, so that it leaves no zombie. Waits for this one process only: others belong to the framework.
    /// Null for a process that another control plane started, and that init therefore reaps.
    /// </summary>
    public int? TryReap()
    {
        int status;
        return ProcessLibc.waitpid(Pid, &status, ProcessLibc.WNOHANG) == Pid ? status : null;
    }

    protected override bool ReleaseHandle() => ProcessLibc.close((int)handle) == 0;

    // A process that has just ended is no error: the caller wanted it gone.
    private void Send(int signal) =>
        _ = ProcessLibc.syscall_pidfd_send_signal(ProcessLibc.SYS_pidfd_send_signal, (int)handle, signal, 0, 0);
}
