using RustyRail.Tests.Support.Native;

namespace RustyRail.Tests.Support;

/// <summary>Processor time of the calling thread: what wall time would be on a machine that does nothing else.</summary>
public static class ThreadProcessorTime
{
    public static unsafe TimeSpan Now
    {
        get
        {
            Libc.Timespec time;
            _ = Libc.clock_gettime(Libc.CLOCK_THREAD_CPUTIME_ID, &time);
            return TimeSpan.FromSeconds(time.tv_sec) + TimeSpan.FromMicroseconds(time.tv_nsec / 1000.0);
        }
    }
}
