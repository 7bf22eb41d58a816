using RustyRail.Contract.Snapshots;

namespace RustyRail.Tests.Support.Reference;

/// <summary>The Ethernet header, with its tags, of what leaves.</summary>
internal static class Envelope
{
    /// <summary>None, or what is wrong with the way to a backend.</summary>
    /// <param name="isIpv6">What follows.</param>
    public static string? Problem(ReadOnlySpan<byte> frame, in Places places, ReadOnlySpan<byte> left, NextHopContent nextHop, bool isIpv6)
    {
        if (left.Length < places.First) return "shorter than its Ethernet header";
        if (!left[..6].SequenceEqual(nextHop.DestinationMac.AsSpan()) || !left[6..12].SequenceEqual(nextHop.SourceMac.AsSpan())) return "not to the next hop's MAC from ours";
        return ProblemOfTags(frame, places, left, isIpv6);
    }

    /// <summary>An answer goes back to where its packet came from.</summary>
    public static string? ProblemOfAnswer(ReadOnlySpan<byte> frame, in Places places, ReadOnlySpan<byte> left)
    {
        if (left.Length < places.First) return "shorter than its Ethernet header";
        if (!left[..6].SequenceEqual(frame[6..12]) || !left[6..12].SequenceEqual(frame[..6])) return "not back to the MAC that it came from";
        return ProblemOfTags(frame, places, left, frame[places.Inner..].IsIpv6());
    }

    private static string? ProblemOfTags(ReadOnlySpan<byte> frame, in Places places, ReadOnlySpan<byte> left, bool isIpv6)
    {
        if (!left[12..(places.First - 2)].SequenceEqual(frame[12..(places.First - 2)])) return "other VLAN tags";
        return left.Word(places.First - 2) == (isIpv6 ? 0x86DD : 0x0800) ? null : $"type {left.Word(places.First - 2):x4}";
    }
}
