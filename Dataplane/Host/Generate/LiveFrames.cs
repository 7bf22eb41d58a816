using System.Runtime.InteropServices;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports.Xdp;

namespace RustyRail.Dataplane.Host.Generate;

/// <summary>
/// Runs the sending program in the kernel without pause (BPF_PROG_TEST_RUN with live frames, since 5.18), on a thread of its own. Each run ends with some 20 ms of
/// clearing up, in which nothing is sent: hence few long ones, ended by a signal to the thread.
/// </summary>
internal sealed unsafe class LiveFrames : IDisposable
{
    private const int Batch = 64;
    private const PosixSignal SigUsr2 = (PosixSignal)Libc.SIGUSR2;

    private readonly BpfProgram _program;
    private readonly int _device;
    private readonly int _frameBytes;
    private readonly Thread _thread;

    // Only there to interrupt the system call. Never taken away: the runtime handles signals on a thread of its own, and one that it finds without a handler ends the process.
    private static readonly PosixSignalRegistration _signal = PosixSignalRegistration.Create(SigUsr2, context => context.Cancel = true);

    private volatile int _threadId;
    private volatile bool _stops;
    private volatile NativeException? _failure;

    public LiveFrames(BpfProgram program, int deviceIndex, int frameBytes)
    {
        _program = program;
        _device = deviceIndex;
        _frameBytes = frameBytes;
        GC.KeepAlive(_signal);
        _thread = new Thread(Run) { IsBackground = true, Name = "generate" };
    }

    public NativeException? Failure => _failure;

    public bool HasEnded => !_thread.IsAlive;

    public void Start() => _thread.Start();

    /// <summary>The thread has left the kernel afterwards.</summary>
    public void Stop()
    {
        _stops = true;
        if ((_thread.ThreadState & ThreadState.Unstarted) != 0) return;
        // A signal between the thread's look at the flag and its system call would be lost: again until it has ended.
        while (!_thread.Join(10))
        {
            if (_threadId != 0) _ = Libc.syscall(Libc.SYS_tgkill, Environment.ProcessId, (void*)_threadId, Libc.SIGUSR2);
        }
    }

    public void Dispose() => Stop();

    private void Run()
    {
        _threadId = (int)Libc.syscall(Libc.SYS_gettid, 0, null, 0);
        byte[] frame = new byte[_frameBytes];
        xdp_md context = new() { data_end = (uint)_frameBytes, ingress_ifindex = (uint)_device };
        fixed (byte* frameAt = frame)
        {
            while (!_stops)
            {
                bpf_attr_test test = new()
                {
                    prog_fd = (uint)_program.Fd, data_in = (ulong)frameAt, data_size_in = (uint)frame.Length, repeat = uint.MaxValue,
                    ctx_in = (ulong)&context, ctx_size_in = (uint)sizeof(xdp_md), flags = BpfAbi.BPF_F_TEST_XDP_LIVE_FRAMES, batch_size = Batch,
                };
                if (BpfMap.Bpf(BpfAbi.BPF_PROG_TEST_RUN, &test, sizeof(bpf_attr_test)) >= 0 || Errno.Last == Errno.EINTR) continue;
                _failure = NativeException.Last("bpf(BPF_PROG_TEST_RUN)");
                return;
            }
        }
    }
}
