namespace RustyRail.Tests.Support.Reference;

/// <summary>RFC 6040 section 4.2, figure 4: what the inner packet says of congestion when it comes out of a tunnel.</summary>
internal static class Congestion
{
    private const int NotCapable = 0, CapableOne = 1, CapableZero = 2, Experienced = 3;

    /// <summary>Rows: inside; columns: outside. -1: dropped.</summary>
    private static readonly int[,] _after =
    {
        { NotCapable, NotCapable, NotCapable, -1 },
        { CapableOne, CapableOne, CapableOne, Experienced },
        { CapableZero, CapableOne, CapableZero, Experienced },
        { Experienced, Experienced, Experienced, Experienced },
    };

    public static bool CanCross(ReadOnlySpan<byte> outer, ReadOnlySpan<byte> inner) => After(outer, inner) >= 0;

    public static int After(ReadOnlySpan<byte> outer, ReadOnlySpan<byte> inner) => _after[inner.TrafficClass() & 3, outer.TrafficClass() & 3];
}
