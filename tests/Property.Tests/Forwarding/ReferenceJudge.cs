using System.Buffers.Binary;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Tests.Support.Packets;

namespace Property.Tests.Forwarding;

/// <summary>
/// The rules of docs/design/packet-classes.md once more, on spans and without a thought for speed: what the pipeline says of any frame must
/// be what this says. Services: TCP 80 and UDP 53 on 10.1.0.1, everything on 10.2.0.0/24, and a catch-all if there is one. Routers:
/// 192.168.137.0/24.
/// </summary>
internal sealed class ReferenceJudge(bool hasCatchAll)
{
    private const int MtuBytes = 1500, Overhead = 24;

    public (Verdict Verdict, Reason Reason) Of(ReadOnlySpan<byte> frame, int headroom)
    {
        if (frame.Length < 14) return Drop(Reason.Runt);
        if (Word(frame, 12) != 0x0800) return Host;
        ReadOnlySpan<byte> ip = frame[14..];
        if (HeaderDefect(ip) is { } defect) return Drop(defect);
        int header = Header(ip);
        if (ip[9] == 47 && (Word(ip, 6) & 0x1FFF) == 0)
        {
            ReadOnlySpan<byte> gre = ip[header..];
            if (gre.Length < 4) return Drop(Reason.Runt);
            if (Word(gre, 2) == 0x0800)
            {
                if ((Word(gre, 0) & 0b0100_1100_0000_0111) != 0) return Drop(Reason.GreUnsupported);
                int greHeader = 4 + (4 * int.PopCount(Word(gre, 0) & 0b1011_0000_0000_0000));
                if (gre.Length < greHeader) return Drop(Reason.Runt);
                ReadOnlySpan<byte> inner = gre[greHeader..];
                if (HeaderDefect(inner) is { } innerDefect) return Drop(innerDefect);
                if (hasCatchAll || IsVip(inner)) return JudgeGre(ip, header, gre, greHeader);
            }
        }

        return IsVip(ip) ? JudgePlain(ip, headroom) : Host;
    }

    private static (Verdict Verdict, Reason Reason) JudgePlain(ReadOnlySpan<byte> ip, int headroom)
    {
        int total = Word(ip, 2);
        if (total < Header(ip) || total > ip.Length) return Drop(Reason.BadLength);
        if (Rfc1071.Of(ip[..Header(ip)]) != 0) return Drop(Reason.BadChecksum);
        if (TransportDefect(ip[..total]) is { } defect) return Drop(defect);
        if (!HasService(ip)) return Host;
        // Padding may make room for the new headers too; these buffers end with the frame.
        int room = headroom + ip.Length - total;
        return total + Overhead > MtuBytes || room < Overhead ? Drop(Reason.TooBig) : (Verdict.Forwarded, Reason.None);
    }

    private (Verdict Verdict, Reason Reason) JudgeGre(ReadOnlySpan<byte> ip, int header, ReadOnlySpan<byte> gre, int greHeader)
    {
        int total = Word(ip, 2);
        if (total < header || total > ip.Length) return Drop(Reason.BadLength);
        if (Rfc1071.Of(ip[..header]) != 0) return Drop(Reason.BadChecksum);
        if ((Word(ip, 6) & 0x3FFF) != 0) return Drop(Reason.FragmentUnknown);
        ReadOnlySpan<byte> inner = gre[greHeader..];
        int innerTotal = Word(inner, 2);
        if (innerTotal < Header(inner) || innerTotal > total - header - greHeader) return Drop(Reason.BadLength);
        if ((gre[0] & 0x80) != 0 && Rfc1071.Of(gre[..(total - header)]) != 0) return Drop(Reason.BadChecksum);
        if (Rfc1071.Of(inner[..Header(inner)]) != 0) return Drop(Reason.BadChecksum);
        if (TransportDefect(inner[..innerTotal]) is { } defect) return Drop(defect);
        if (ip[12] != 192 || ip[13] != 168 || ip[14] != 137) return Drop(Reason.SourceNotAllowed);
        if (!hasCatchAll && !(IsVip(inner) && HasService(inner))) return Host;
        if (ip[8] <= 1) return Drop(Reason.TtlExpired);
        return total > MtuBytes ? Drop(Reason.TooBig) : (Verdict.Forwarded, Reason.None);
    }

    private static Reason? HeaderDefect(ReadOnlySpan<byte> ip)
    {
        if (ip.Length < 20) return Reason.Runt;
        if (ip[0] >> 4 != 4 || (ip[0] & 15) < 5) return Reason.BadHeader;
        return Header(ip) > ip.Length ? Reason.Runt : null;
    }

    private static Reason? TransportDefect(ReadOnlySpan<byte> packet)
    {
        if ((Word(packet, 6) & 0x1FFF) != 0) return Reason.FragmentUnknown;
        bool isWhole = (Word(packet, 6) & 0x2000) == 0;
        ReadOnlySpan<byte> rest = packet[Header(packet)..];
        switch (packet[9])
        {
            case 6:
                if (rest.Length < 20) return Reason.Runt;
                int tcpHeader = rest[12] / 16 * 4;
                if (tcpHeader < 20) return Reason.BadHeader;
                return tcpHeader > rest.Length && isWhole ? Reason.BadLength : null;
            case 17:
                if (rest.Length < 8) return Reason.Runt;
                int datagram = Word(rest, 4);
                return datagram < 8 || (datagram > rest.Length && isWhole) ? Reason.BadLength : null;
            case 1:
                return rest.Length < 8 ? Reason.Runt : null;
            default:
                return null;
        }
    }

    private static bool HasService(ReadOnlySpan<byte> ip)
    {
        if (ip[17] == 2) return true;
        int port = Word(ip, Header(ip) + 2);
        return (ip[9], port) is (6, 80) or (17, 53);
    }

    private static bool IsVip(ReadOnlySpan<byte> ip) =>
        (ip[16], ip[17], ip[18], ip[19]) == (10, 1, 0, 1) || (ip[16], ip[17], ip[18]) == (10, 2, 0);

    private static (Verdict Verdict, Reason Reason) Host => (Verdict.Host, Reason.NoService);

    private static (Verdict Verdict, Reason Reason) Drop(Reason reason) => (Verdict.Dropped, reason);

    private static int Header(ReadOnlySpan<byte> ip) => (ip[0] & 15) * 4;

    // Beyond the frame there is nothing; only a port that no transport header holds is asked for there.
    private static int Word(ReadOnlySpan<byte> bytes, int at) => at + 2 <= bytes.Length ? BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]) : -1;
}
