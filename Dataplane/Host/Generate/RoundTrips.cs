namespace RustyRail.Dataplane.Host.Generate;

/// <summary>Round-trip times in buckets of an eighth of an octave: below 16 ns exact, above at most 12.5 % wide.</summary>
internal sealed class RoundTrips(long[] buckets, long longest)
{
    /// <summary>A power of two that holds 64-bit times.</summary>
    public const int Buckets = 512;

    public long Count => buckets.Sum();

    /// <summary>In nanoseconds, exact.</summary>
    public long Longest => longest;

    /// <summary>The time in nanoseconds that this share of packets does not exceed: the end of the bucket, but never more than the longest.</summary>
    public long Quantile(double share)
    {
        long wanted = (long)Math.Ceiling(share * Count), seen = 0;
        for (int i = 0; i < buckets.Length; i++)
        {
            seen += buckets[i];
            if (seen >= wanted && seen > 0) return Math.Min(EndOf(i), longest);
        }

        return longest;
    }

    /// <summary>The last nanosecond that belongs to the bucket.</summary>
    internal static long EndOf(int bucket)
    {
        if (bucket < 16) return bucket;
        int shift = (bucket >> 3) - 1;
        return ((long)(8 + (bucket & 7) + 1) << shift) - 1;
    }
}
