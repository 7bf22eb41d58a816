using RustyRail.Tests.Support.Packets;

namespace RustyRail.Tests.Support.Reference;

/// <summary>Who is told that a packet is too big, and how: RFC 1191, RFC 4443 section 3.2.</summary>
internal static class TooBigRules
{
    private const int TimeToLive = 64, MostIpv4 = 576, MostIpv6 = 1280, Icmp = 1, Icmpv6 = 58;

    public static bool IsDue(ReadOnlySpan<byte> frame, in Places places, Role role)
    {
        Address source = Address.SourceOf(frame[places.Inner..]);
        return role is not (Role.Error or Role.LaterFragment) && source.IsOneHost && source != Address.DestinationOf(frame[places.Inner..]);
    }

    public static int AnswerBytes(ReadOnlySpan<byte> frame, in Places places) => frame[places.Inner..].IsIpv6()
        ? Math.Min(MostIpv6, 48 + places.InnerBytes)
        : Math.Min(MostIpv4, 28 + places.InnerBytes);

    /// <summary>None, or what is wrong with an answer about that frame.</summary>
    public static string? Problem(ReadOnlySpan<byte> frame, in Places places, int largest, ReadOnlySpan<byte> left)
    {
        if (Envelope.ProblemOfAnswer(frame, places, left) is { } problem) return problem;
        ReadOnlySpan<byte> ip = left[places.First..], about = frame[places.Inner..places.InnerEnd];
        if (ip.Length != AnswerBytes(frame, places)) return $"the answer has {ip.Length} bytes";
        bool isIpv6 = about.IsIpv6();
        if (isIpv6 != ip.IsIpv6()) return "the answer is of the other family";
        if (Address.SourceOf(ip) != Address.DestinationOf(about) || Address.DestinationOf(ip) != Address.SourceOf(about)) return "not from the VIP to the client";
        if (ip.TimeToLive() != TimeToLive) return $"TTL {ip.TimeToLive()}";
        return isIpv6 ? ProblemOfIpv6(ip, about, largest) : ProblemOfIpv4(ip, about, largest);
    }

    private static string? ProblemOfIpv4(ReadOnlySpan<byte> ip, ReadOnlySpan<byte> about, int largest)
    {
        if (ip[0] != 0x45 || ip.Word(2) != ip.Length || ip[9] != Icmp || Rfc1071.Of(ip[..20]) != 0) return "its IPv4 header is wrong";
        ReadOnlySpan<byte> icmp = ip[20..];
        if (Rfc1071.Of(icmp) != 0) return "its checksum is wrong";
        if (icmp.Word(0) != 0x0304 || icmp.Word(4) != 0 || icmp.Word(6) != largest) return $"it says {icmp.Word(0):x4} {icmp.Word(6)} for {largest}";
        return about.StartsWith(icmp[8..]) ? null : "it quotes something else";
    }

    private static string? ProblemOfIpv6(ReadOnlySpan<byte> ip, ReadOnlySpan<byte> about, int largest)
    {
        if (ip[6] != Icmpv6 || 40 + ip.Word(4) != ip.Length) return "its IPv6 header is wrong";
        ReadOnlySpan<byte> icmp = ip[40..];
        if (!EchoRules.IsRight(ip, 40)) return "its checksum is wrong";
        int mtu = Math.Max(largest, MostIpv6);
        if (icmp.Word(0) != 0x0200 || icmp.Long(4) != mtu) return $"it says {icmp.Word(0):x4} {icmp.Long(4)} for {mtu}";
        return about.StartsWith(icmp[8..]) ? null : "it quotes something else";
    }
}
