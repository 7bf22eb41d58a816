using RustyRail.Dataplane.Native;

namespace RustyRail.Dataplane.Host.Run;

/// <summary>The processors that this process may use, which a service manager or taskset may have limited, and who is bound to which.</summary>
internal static unsafe class Processors
{
    private const int WordBits = 64, MaskWords = 128;

    /// <summary>In ascending order; empty where the kernel does not say.</summary>
    public static int[] Allowed()
    {
        ulong* mask = stackalloc ulong[MaskWords];
        if (Libc.sched_getaffinity(0, MaskWords * sizeof(ulong), mask) < 0) return [];
        List<int> allowed = [];
        for (int processor = 0; processor < MaskWords * WordBits; processor++)
        {
            if ((mask[processor / WordBits] & (1UL << (processor % WordBits))) != 0) allowed.Add(processor);
        }

        return [.. allowed];
    }

    /// <summary>
    /// One processor for each worker, or none for any. A single worker stays where the scheduler finds room, which also respects a mask of one; workers that are more than the processors
    /// are better shared out by the scheduler than by us.
    /// </summary>
    public static int[] For(int workers)
    {
        int[] allowed = Allowed();
        return workers > 1 && allowed.Length >= workers ? allowed[..workers] : [];
    }

    /// <summary>The calling thread runs there alone from now on. False: the processor is not ours any more.</summary>
    public static bool TryBind(int processor)
    {
        ulong* mask = stackalloc ulong[MaskWords];
        new Span<ulong>(mask, MaskWords).Clear();
        mask[processor / WordBits] = 1UL << (processor % WordBits);
        return Libc.sched_setaffinity(0, MaskWords * sizeof(ulong), mask) == 0;
    }
}
