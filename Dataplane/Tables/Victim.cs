using RustyRail.Contract.Region;

namespace RustyRail.Dataplane.Tables;

/// <summary>
/// Which of a new flow's two buckets and which entry there it takes: a free or expired one of the emptier bucket; else the flow that is only
/// opening and was idle longest, so that a flood of SYNs pushes out its own; else the one idle longest.
/// </summary>
internal static unsafe class Victim
{
    /// <param name="first">Meta of the first bucket's first entry, likewise <paramref name="second"/>.</param>
    /// <param name="entryBytes">From one entry's meta to the next.</param>
    /// <param name="displaced">A live flow gives way.</param>
    public static FlowMeta* Choose(FlowMeta* first, FlowMeta* second, int entries, int entryBytes, FlowClock clock, out bool displaced)
    {
        FlowMeta* free = FreeIn(first, entries, entryBytes, clock, out int freeInFirst);
        FlowMeta* freeSecond = FreeIn(second, entries, entryBytes, clock, out int freeInSecond);
        displaced = freeInFirst + freeInSecond == 0;
        if (displaced) return Weaker(Weakest(first, entries, entryBytes, clock), Weakest(second, entries, entryBytes, clock), clock);
        return freeInSecond > freeInFirst ? freeSecond : free;
    }

    private static FlowMeta* FreeIn(FlowMeta* bucket, int entries, int entryBytes, FlowClock clock, out int count)
    {
        FlowMeta* free = null;
        count = 0;
        for (int i = entries - 1; i >= 0; i--)
        {
            FlowMeta* meta = (FlowMeta*)((byte*)bucket + (i * entryBytes));
            if (meta->Class != FlowClass.Empty && !clock.IsExpired(*meta)) continue;
            free = meta;
            count++;
        }

        return free;
    }

    private static FlowMeta* Weakest(FlowMeta* bucket, int entries, int entryBytes, FlowClock clock)
    {
        FlowMeta* weakest = bucket;
        for (int i = 1; i < entries; i++) weakest = Weaker(weakest, (FlowMeta*)((byte*)bucket + (i * entryBytes)), clock);
        return weakest;
    }

    private static FlowMeta* Weaker(FlowMeta* one, FlowMeta* other, FlowClock clock)
    {
        bool opens = one->State == FlowState.Opening, otherOpens = other->State == FlowState.Opening;
        if (opens != otherOpens) return opens ? one : other;
        return clock.AgeOf(*other) > clock.AgeOf(*one) ? other : one;
    }
}
