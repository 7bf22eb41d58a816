using RustyRail.Contract.Region;
using RustyRail.Tests.Support.Packets;

namespace RustyRail.Tests.Support.Reference;

/// <summary>An echo request to a VIP that no service takes, and the reply to it.</summary>
internal static class EchoRules
{
    private const int TimeToLive = 64, Icmpv6 = 58;

    public static Fate Of(ReadOnlySpan<byte> frame, in Places places)
    {
        ReadOnlySpan<byte> ip = frame[places.Inner..places.InnerEnd];
        Address source = Address.SourceOf(ip);
        if (!source.IsOneHost || source == Address.DestinationOf(ip)) return Fate.Drop(Reason.SourceNotAllowed);
        return IsRight(ip, places.Transport - places.Inner) ? Fate.Answer(Reason.Echo) : Fate.Drop(Reason.BadChecksum);
    }

    /// <summary>None, or what is wrong with an answer to that request.</summary>
    public static string? Problem(ReadOnlySpan<byte> frame, in Places places, ReadOnlySpan<byte> left)
    {
        if (Envelope.ProblemOfAnswer(frame, places, left) is { } problem) return problem;
        ReadOnlySpan<byte> reply = left[places.First..], request = frame[places.Inner..places.InnerEnd];
        if (reply.Length != request.Length) return $"{reply.Length} bytes for {request.Length}";
        byte[] expected = [.. request];
        int icmp = places.Transport - places.Inner;
        Return(expected);
        expected[icmp] = (byte)(request.IsIpv6() ? 129 : 0);
        // The one field with two right values.
        reply[(icmp + 2)..(icmp + 4)].CopyTo(expected.AsSpan(icmp + 2));
        if (!reply.SequenceEqual(expected)) return "more differs from the request than must";
        return IsRight(reply, icmp) ? null : "its checksum is wrong";
    }

    public static bool IsRight(ReadOnlySpan<byte> ip, int icmp) => Rfc1071.Of(ip[icmp..], ip.IsIpv6() ? Pseudo.SumOf(ip, ip.Length - icmp, Icmpv6) : 0) == 0;

    private static void Return(Span<byte> ip)
    {
        bool isIpv6 = ip[0] >> 4 == 6;
        (int source, int length) = isIpv6 ? (8, 16) : (12, 4);
        byte[] client = [.. ip[source..(source + length)]];
        ip[(source + length)..(source + length + length)].CopyTo(ip[source..]);
        client.CopyTo(ip[(source + length)..]);
        ip[isIpv6 ? 7 : 8] = TimeToLive;
        if (isIpv6) return;
        ip.SetWord(10, 0);
        ip.SetWord(10, Rfc1071.Of(ip[..((ip[0] & 15) * 4)]));
    }
}
