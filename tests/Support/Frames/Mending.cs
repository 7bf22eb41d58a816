using RustyRail.Tests.Support.Packets;
using RustyRail.Tests.Support.Reference;

namespace RustyRail.Tests.Support.Frames;

/// <summary>Right checksums wherever a frame says that a header is, however damaged it is otherwise: so damage gets past the first look.</summary>
internal static class Mending
{
    private const int Tcp = 6, Udp = 17, Icmp = 1, Icmpv6 = 58, Gre = 47, MostSteps = 10;

    public static void Mend(Span<byte> frame)
    {
        int at = 14;
        while (frame.Length >= at + 4 && Word(frame, at - 2) is 0x8100 or 0x88A8) at += 4;
        if (frame.Length > at) MendPacket(frame[at..], depth: 0);
    }

    private static void MendPacket(Span<byte> ip, int depth)
    {
        if (ip.Length >= 40 && ip[0] >> 4 == 6) MendIpv6(ip, depth);
        else if (ip.Length >= 20 && ip[0] >> 4 == 4) MendIpv4(ip, depth);
    }

    private static void MendIpv4(Span<byte> ip, int depth)
    {
        int header = (ip[0] & 15) * 4, total = Math.Clamp(Word(ip, 2), 0, ip.Length);
        if (header < 20 || header > ip.Length) return;
        if (total > header && (Word(ip, 6) & 0x1FFF) == 0) MendUpper(ip[..total], header, ip[9], depth);
        Fill(ip[..header], 10, 0);
    }

    private static void MendIpv6(Span<byte> ip, int depth)
    {
        int total = Math.Min(40 + Word(ip, 4), ip.Length), next = ip[6], at = 40;
        for (int steps = 0; steps < MostSteps && next is 0 or 43 or 44 or 51 or 60 && at + 8 <= total; steps++)
        {
            if (next == 44 && Word(ip, at + 2) >> 3 != 0) return;
            int bytes = next switch { 44 => 8, 51 => (ip[at + 1] + 2) * 4, _ => (ip[at + 1] + 1) * 8 };
            next = ip[at];
            at += bytes;
        }

        if (at < total) MendUpper(ip[..total], at, next, depth);
    }

    private static void MendUpper(Span<byte> ip, int at, int protocol, int depth)
    {
        Span<byte> upper = ip[at..];
        bool isIpv6 = ip[0] >> 4 == 6;
        switch (protocol)
        {
            case Gre when depth == 0:
                MendGre(upper);
                break;
            case Tcp when upper.Length >= 18:
                Fill(upper, 16, Pseudo.SumOf(ip, upper.Length, Tcp));
                break;
            case Udp when upper.Length >= 8:
                Fill(upper, 6, Pseudo.SumOf(ip, upper.Length, Udp));
                break;
            case Icmp when upper.Length >= 4 && !isIpv6:
                Fill(upper, 2, 0);
                break;
            case Icmpv6 when upper.Length >= 4 && isIpv6:
                Fill(upper, 2, Pseudo.SumOf(ip, upper.Length, Icmpv6));
                break;
        }
    }

    private static void MendGre(Span<byte> gre)
    {
        if (gre.Length < 4) return;
        int header = 4 + (4 * int.PopCount(gre[0] & 0xB0));
        if (gre.Length > header) MendPacket(gre[header..], depth: 1);
        if ((gre[0] & 0x80) != 0 && gre.Length >= 8) Fill(gre, 4, 0);
    }

    private static void Fill(Span<byte> bytes, int at, uint pseudo)
    {
        bytes.SetWord(at, 0);
        bytes.SetWord(at, Rfc1071.Of(bytes, pseudo));
    }

    private static int Word(ReadOnlySpan<byte> bytes, int at) => bytes.Word(at);
}
