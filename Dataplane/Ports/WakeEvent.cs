using RustyRail.Dataplane.Native;

namespace RustyRail.Dataplane.Ports;

/// <summary>
/// An eventfd that ends a sleeping worker's wait: a port has it among what it polls. Who brings work often asks first whether the worker sleeps at all,
/// which costs no call; that question and the worker's last look before it sleeps cross over, so that one of them sees the other.
/// </summary>
internal sealed unsafe class WakeEvent : IDisposable
{
    /// <summary>The sign has two cache lines to itself on either side.</summary>
    private const int SignAt = 16;

    private readonly SafeFd _fd = SafeFd.Take(Libc.eventfd(0, Libc.EFD_NONBLOCK | Libc.EFD_CLOEXEC), "eventfd");
    private readonly long[] _signs = new long[2 * SignAt];

    public int Descriptor => _fd.Number;

    /// <summary>From any thread: the present wait ends, or the next one at once.</summary>
    public void Set()
    {
        ulong one = 1;
        Libc.write(_fd.Number, &one, sizeof(ulong));
    }

    /// <summary>From any thread, after the work is to be seen.</summary>
    public void SetIfAsleep()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _signs[SignAt]) != 0) Set();
    }

    /// <summary>The worker: what there is to do must be looked for once more before it sleeps.</summary>
    public void BeginSleep()
    {
        Volatile.Write(ref _signs[SignAt], 1);
        Interlocked.MemoryBarrier();
    }

    /// <summary>The worker: awake, and ready for the next time.</summary>
    public void EndSleep()
    {
        Volatile.Write(ref _signs[SignAt], 0);
        ulong count;
        Libc.read(_fd.Number, &count, sizeof(ulong));
    }

    /// <summary>The worker, if it has nothing else to wait for.</summary>
    public void Wait(int timeoutMilliseconds)
    {
        pollfd fd = new() { fd = _fd.Number, events = Libc.POLLIN };
        _ = Libc.poll(&fd, 1, timeoutMilliseconds);
    }

    public void Dispose() => _fd.Dispose();
}
