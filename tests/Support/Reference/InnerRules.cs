using RustyRail.Contract.Specification;
using RustyRail.Tests.Support.Packets;

namespace RustyRail.Tests.Support.Reference;

/// <summary>The packet inside is the client's, bit for bit, but for what RFC 6040 marks at the end of a tunnel and a clamped MSS.</summary>
internal static class InnerRules
{
    /// <summary>None, or what is wrong.</summary>
    /// <param name="left">As it left, with what lies behind it in a tunnel.</param>
    public static string? Problem(ReadOnlySpan<byte> frame, in Judgement judgement, ServiceSpec service, ReadOnlySpan<byte> left)
    {
        Places places = judgement.Places;
        bool staysGre = places.IsInGre && service.Send == SendForm.Gre;
        ReadOnlySpan<byte> came = frame[places.Inner..(staysGre ? places.FirstEnd : places.InnerEnd)];
        if (came.Length != left.Length) return $"{left.Length} bytes of {came.Length}";
        if (came.SequenceEqual(left) && !MayDiffer(places, judgement.Meaning, service)) return null;
        byte[] expected = [.. came];
        if (places.IsInGre && !staysGre) Mark(expected, Congestion.After(frame[places.First..], came));
        int tcp = places.Transport - places.Inner;
        bool isClamped = service.MssClamp != 0 && (judgement.Meaning.TcpFlags & Control.Syn) != 0 && Clamp(expected.AsSpan(tcp..(places.InnerBytes)), service.MssClamp);
        if (!isClamped) return left.SequenceEqual(expected) ? null : "its bytes";
        left[(tcp + 16)..(tcp + 18)].CopyTo(expected.AsSpan(tcp + 16));
        if (!left.SequenceEqual(expected)) return "its bytes, more than the MSS";
        // Right before, right after; wrong before, wrong by the same.
        int bytes = places.InnerBytes - tcp;
        return Rfc1071.Of(came[tcp..(tcp + bytes)]) % 0xFFFF == Rfc1071.Of(left[tcp..(tcp + bytes)]) % 0xFFFF ? null : "the TCP checksum does not follow the MSS";
    }

    private static bool MayDiffer(in Places places, in Meaning meaning, ServiceSpec service) =>
        (places.IsInGre && service.Send != SendForm.Gre) || (service.MssClamp != 0 && (meaning.TcpFlags & Control.Syn) != 0);

    private static void Mark(Span<byte> ip, int ecn)
    {
        if (ip[0] >> 4 == 6)
        {
            ip[1] = (byte)((ip[1] & 0xCF) | (ecn << 4));
            return;
        }

        if ((ip[1] & 3) == ecn) return;
        ip[1] = (byte)((ip[1] & 0xFC) | ecn);
        ip.SetWord(10, 0);
        ip.SetWord(10, Rfc1071.Of(ip[..((ip[0] & 15) * 4)]));
    }

    /// <summary>RFC 9293 section 3.1: the options, each with its length but for the first two kinds.</summary>
    private static bool Clamp(Span<byte> tcp, int most)
    {
        bool isClamped = false;
        int end = Math.Min(tcp.Length, tcp[12] / 16 * 4), bytes;
        for (int at = 20; at + 2 <= end && tcp[at] != 0; at += bytes)
        {
            bytes = tcp[at] == 1 ? 1 : tcp[at + 1];
            if (tcp[at] == 1) continue;
            if (tcp[at] == 2 && bytes == 4 && at + 4 <= end && ((ReadOnlySpan<byte>)tcp).Word(at + 2) > most)
            {
                tcp.SetWord(at + 2, most);
                isClamped = true;
            }

            if (bytes < 2) break;
        }

        return isClamped;
    }
}
