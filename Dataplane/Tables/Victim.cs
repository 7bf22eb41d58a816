using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using RustyRail.Contract.Region;

namespace RustyRail.Dataplane.Tables;

/// <summary>
/// Which of a new flow's two buckets and which entry there it takes: a free or expired one of the emptier bucket; else the flow that is only
/// opening and was idle longest, so that a flood of SYNs pushes out its own; else the one idle longest. Of equals the first.
/// </summary>
internal static class Victim
{
    /// <summary>Of one bucket.</summary>
    public const int Places = 4;

    /// <summary>For a place that a bucket has not: never free, and weaker than none.</summary>
    public static uint NoPlace(FlowClock clock) => FlowMeta.Of(0, FlowClass.Other, clock.Now, FlowState.Established).Word;

    /// <param name="metas">What is known of the flows in the first bucket's places, then in the second's.</param>
    /// <param name="displaced">A live flow gives way.</param>
    /// <returns>The place's number, from 0.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Choose(Vector256<uint> metas, FlowClock clock, out bool displaced)
    {
        Vector256<uint> ages = clock.AgesOf(metas);
        uint free = FlowClock.AreFree(metas, ages).ExtractMostSignificantBits();
        displaced = free == 0;
        return displaced ? Weakest(metas, ages) : FirstOfEmptier(free);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int FirstOfEmptier(uint free)
    {
        const uint InFirst = (1u << Places) - 1;
        uint first = free & InFirst, second = free & ~InFirst;
        return BitOperations.TrailingZeroCount(BitOperations.PopCount(second) > BitOperations.PopCount(first) ? second : first);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Weakest(Vector256<uint> metas, Vector256<uint> ages)
    {
        const int Last = (2 * Places) - 1;
        // A number for each, the larger the weaker: opening or not, age, place counted from the end.
        Vector256<uint> opening = Vector256.Equals(metas >> FlowMeta.StateShift, Vector256.Create((uint)FlowState.Opening)) & Vector256.Create(FlowMeta.TimeMask + 1);
        Vector256<uint> weakness = ((ages + opening) << 3) | Vector256.Create(7u, 6, 5, 4, 3, 2, 1, 0);
        Vector128<uint> four = Vector128.Max(weakness.GetLower(), weakness.GetUpper());
        Vector128<uint> two = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(2u, 3, 0, 1)));
        return Last - (int)(Math.Max(two[0], two[1]) & Last);
    }
}
