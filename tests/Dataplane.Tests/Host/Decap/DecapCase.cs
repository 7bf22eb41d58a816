using System.Buffers.Binary;
using RustyRail.Dataplane.Host.Decap;
using RustyRail.Tests.Support.Packets;

namespace Dataplane.Tests.Host.Decap;

/// <summary>A frame and what must become of it.</summary>
/// <param name="Outcome">Null: it is nobody's tunnel and goes to the kernel as it came.</param>
/// <param name="Result">The frame behind the decapsulation; null: none.</param>
/// <param name="IsKernels">Sockets never see it: the kernel itself judges what is wrong with it, or does not hand it over.</param>
internal sealed record DecapCase(string Name, byte[] Frame, DecapReason? Outcome, byte[]? Result = null, bool IsKernels = false)
{
    public override string ToString() => Name;
}

/// <summary>Every form over and around both families, and every defect of each.</summary>
internal static class DecapCases
{
    public static IReadOnlyList<DecapCase> All { get; } = [.. Good(), .. Congested(), .. Foreign(), .. BadOuter(), .. BadGre(), .. BadGue(), .. BadInner()];

    public static IEnumerable<TunnelFrame> Forms()
    {
        foreach (DecapForms form in (DecapForms[])[DecapForms.Gre, DecapForms.Ipip, DecapForms.Gue])
        {
            foreach (bool overIpv6 in (bool[])[false, true])
            {
                foreach (bool isIpv6Inside in (bool[])[false, true]) yield return new TunnelFrame(form, overIpv6, isIpv6Inside);
            }
        }
    }

    private static IEnumerable<DecapCase> Good()
    {
        foreach (TunnelFrame frame in Forms())
        {
            yield return Delivered($"{frame}", frame);
            yield return Delivered($"{frame}, padding", frame with { PayloadBytes = 0, Padding = 13 });
            yield return Delivered($"{frame}, large", frame with { PayloadBytes = 1400 });
            yield return Delivered($"{frame}, a tag", frame with { Tags = [0x8100] });
            yield return Delivered($"{frame}, two tags", frame with { Tags = [0x88A8, 0x8100] });
            if (frame.OverIpv6)
            {
                // What Linux's own tunnels put there: the encapsulation limit, RFC 2473.
                yield return Delivered($"{frame}, an extension header", frame with { Extensions = [(60, [0, 0, 4, 1, 4, 1, 1, 0])] });
                yield return Delivered($"{frame}, four extension headers", frame with
                {
                    Extensions = [(0, [0, 0, 1, 4, 0, 0, 0, 0]), (60, [0, 1, .. new byte[14]]), (43, [0, 2, 4, 0, .. new byte[20]]), (60, [0, 0, 4, 1, 4, 1, 1, 0])],
                });
            }
            else
            {
                foreach (int words in (int[])[1, 4, 10])
                    yield return Delivered($"{frame}, {words} words of options", frame with { Ipv4Options = [.. Enumerable.Repeat((byte)1, 4 * words)] });
            }

            if (frame.Form == DecapForms.Gre)
            {
                yield return Delivered($"{frame}, key", frame with { GreFlags = 0x2000, GreOptions = [1, 2, 3, 4] });
                yield return Delivered($"{frame}, sequence", frame with { GreFlags = 0x1000, GreOptions = [1, 2, 3, 4] });
                for (int bytes = 0; bytes < 68; bytes++)
                    yield return Delivered($"{frame}, checksum over {bytes} more bytes", frame with { GreFlags = 0x8000, GreOptions = new byte[4], PayloadBytes = bytes });
                yield return Delivered($"{frame}, all options", frame with { GreFlags = 0xB000, GreOptions = [0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8], PayloadBytes = 1399 });
            }

            if (frame.Form == DecapForms.Gue)
            {
                yield return Delivered($"{frame}, no checksum", frame with { UdpChecksum = false });
                byte inside = (byte)(frame.IsIpv6Inside ? 41 : 4);
                yield return Delivered($"{frame}, private words", frame with { GueHeader = [3, inside, 0, 0, .. Enumerable.Repeat((byte)0xEE, 12)] });
                yield return Delivered($"{frame}, the longest header", frame with { GueHeader = [31, inside, 0, 0, .. new byte[124]] });
            }
        }
    }

    // RFC 6040, figure 4, all sixteen.
    private static IEnumerable<DecapCase> Congested()
    {
        int?[,] table = { { 0, 0, 0, null }, { 1, 1, 1, 3 }, { 2, 1, 2, 3 }, { 3, 3, 3, 3 } }; // by inner, then by outer codepoint (1 is ECT(1), 2 ECT(0))
        foreach (TunnelFrame frame in Forms())
        {
            for (int inner = 0; inner < 4; inner++)
            {
                for (int outer = 0; outer < 4; outer++)
                {
                    TunnelFrame marked = frame with { InnerCongestion = inner, OuterCongestion = outer };
                    string name = $"{frame}, marked {outer} outside and {inner} inside";
                    yield return table[inner, outer] is { } carried
                        ? new DecapCase(name, marked.Build(), DecapReason.Delivered, [.. marked.InnerLink, .. marked.InnerWith(carried)])
                        : new DecapCase(name, marked.Build(), DecapReason.CongestionNotCarried);
                }
            }
        }
    }

    private static IEnumerable<DecapCase> Foreign()
    {
        foreach (TunnelFrame frame in Forms())
        {
            string stranger = frame.OverIpv6 ? "2001:db8:138::188" : "192.168.138.188", elsewhere = frame.OverIpv6 ? "2001:db8:137::12" : "192.168.137.12";
            yield return new DecapCase($"{frame}, from a stranger", (frame with { From = stranger }).Build(), DecapReason.SourceNotAllowed);
            yield return new DecapCase($"{frame}, for another host", (frame with { To = elsewhere }).Build(), null, IsKernels: true);
            yield return new DecapCase($"{frame}, for another station", Changed(frame, 5, 0x77), null, IsKernels: true);
            yield return new DecapCase($"{frame}, three tags", (frame with { Tags = [0x8100, 0x8100, 0x8100] }).Build(), null, IsKernels: true);
        }

        yield return new DecapCase("ARP", [.. Ports.Frames.LocalMac, .. Ports.Frames.PeerMac, 8, 6, .. new byte[46]], null, IsKernels: true);
        yield return new DecapCase("TCP", Ports.Frames.Eth(Ports.Frames.Ip(TunnelFrame.Balancer, TunnelFrame.Server, 6, new byte[20])), null, IsKernels: true);
        yield return new DecapCase("UDP to another port", (new TunnelFrame(DecapForms.Gue, false, false) with { GuePort = 6081 }).Build(), null, IsKernels: true);
        yield return new DecapCase("UDP over IPv6 to another port", (new TunnelFrame(DecapForms.Gue, true, false) with { GuePort = 53 }).Build(), null, IsKernels: true);
    }

    private static IEnumerable<DecapCase> BadOuter()
    {
        foreach (TunnelFrame frame in Forms())
        {
            byte[] whole = frame.Build();
            int ip = frame.LinkBytes;
            if (frame.OverIpv6)
            {
                yield return new DecapCase($"{frame}, longer than the frame", Changed(frame, ip + 5, (byte)(whole[ip + 5] + 1)), DecapReason.BadLength, IsKernels: true);
                yield return new DecapCase($"{frame}, in pieces", (frame with { Extensions = [(44, [0, 0, 0, 1, 0, 0, 0, 9])] }).Build(), DecapReason.FragmentUnknown);
                yield return new DecapCase($"{frame}, five extension headers", (frame with { Extensions = [.. Enumerable.Repeat(((byte)60, new byte[8]), 5)] }).Build(), null, IsKernels: true);
                yield return new DecapCase($"{frame}, on a source route", (frame with { Extensions = [(43, [0, 2, 4, 1, .. new byte[20]])] }).Build(), null, IsKernels: true);
                yield return new DecapCase($"{frame}, endless options", (frame with { Extensions = [(0, [0, 63, .. new byte[510]])] }).Build(), null, IsKernels: true);
            }
            else
            {
                yield return new DecapCase($"{frame}, longer than the frame", Summed(Changed(frame, ip + 3, (byte)(whole[ip + 3] + 1)), ip), DecapReason.BadLength, IsKernels: frame.Form == DecapForms.Gue);
                yield return new DecapCase($"{frame}, shorter than its header", Summed(Changed(Changed(frame, ip + 2, 0), ip + 3, 19), ip), DecapReason.BadLength, IsKernels: frame.Form == DecapForms.Gue);
                yield return new DecapCase($"{frame}, wrong header checksum", Changed(frame, ip + 8, 63), DecapReason.BadChecksum, IsKernels: frame.Form == DecapForms.Gue);
                yield return new DecapCase($"{frame}, wrong header checksum in the options", Changed(frame with { Ipv4Options = new byte[40] }, ip + 59, 1), DecapReason.BadChecksum, IsKernels: frame.Form == DecapForms.Gue);
                yield return new DecapCase($"{frame}, first piece", (frame with { FragmentField = 0x2000 }).Build(), DecapReason.FragmentUnknown);
                yield return new DecapCase($"{frame}, later piece", (frame with { FragmentField = 0x00B9 }).Build(), frame.Form == DecapForms.Gue ? null : DecapReason.FragmentUnknown);
                yield return new DecapCase($"{frame}, version 5", Changed(frame, ip, 0x55), null, IsKernels: true);
                yield return new DecapCase($"{frame}, header of four words", Changed(frame, ip, 0x44), null, IsKernels: true);
            }

            yield return new DecapCase($"{frame}, nothing behind the outer header", whole[..(ip + frame.OuterBytes)], frame.Form == DecapForms.Gue ? null : DecapReason.BadLength, IsKernels: true);
            yield return new DecapCase($"{frame}, cut off in the outer header", whole[..(ip + 19)], null, IsKernels: true);
        }
    }

    private static IEnumerable<DecapCase> BadGre()
    {
        foreach (TunnelFrame frame in Forms().Where(frame => frame.Form == DecapForms.Gre))
        {
            foreach (ushort flags in (ushort[])[0x4000, 0x0800, 0x0400, 1, 7])
                yield return new DecapCase($"{frame}, flags {flags:x4}", (frame with { GreFlags = flags }).Build(), DecapReason.GreUnsupported);
            TunnelFrame summed = frame with { GreFlags = 0x8000, GreOptions = new byte[4], PayloadBytes = 999 };
            yield return new DecapCase($"{frame}, wrong checksum at the start", Changed(summed, summed.TunnelAt + 5, 0), DecapReason.BadChecksum);
            foreach (int at in (int[])[1, 2, 3, 4, 5, 31, 32, 33, 64, 200])
                yield return new DecapCase($"{frame}, wrong checksum, byte {at} from the end", Flipped(summed, summed.Build().Length - at), DecapReason.BadChecksum);
            foreach (ushort type in (ushort[])[0x6558, 0x880B, 0x8847])
                yield return new DecapCase($"{frame}, type {type:x4}", (frame with { GreType = type }).Build(), null, IsKernels: true);
            for (int bytes = 0; bytes < 4; bytes++) yield return new DecapCase($"{frame}, {bytes} bytes of GRE", Cut(frame, frame.TunnelAt + bytes), DecapReason.Runt);
            TunnelFrame keyed = frame with { GreFlags = 0x3000, GreOptions = new byte[8] };
            yield return new DecapCase($"{frame}, options cut off", Cut(keyed, keyed.InnerAt - 1), DecapReason.Runt);
        }
    }

    private static IEnumerable<DecapCase> BadGue()
    {
        foreach (TunnelFrame frame in Forms().Where(frame => frame.Form == DecapForms.Gue))
        {
            byte inside = (byte)(frame.IsIpv6Inside ? 41 : 4);
            foreach (byte[] header in (byte[][])[[0x40, inside, 0, 0], [0x80, inside, 0, 0], [0x20, inside, 0, 0], [0, inside, 0x80, 0], [0, inside, 0, 1], [0, 47, 0, 0], [0, 59, 0, 0]])
                yield return new DecapCase($"{frame}, header {Convert.ToHexString(header)}", (frame with { GueHeader = header }).Build(), DecapReason.GueUnsupported);
            TunnelFrame summed = frame with { PayloadBytes = 999 };
            foreach (int at in (int[])[1, 2, 33, 64, 200])
                yield return new DecapCase($"{frame}, wrong checksum, byte {at} from the end", Flipped(summed, summed.Build().Length - at), DecapReason.BadChecksum, IsKernels: true);
            yield return new DecapCase($"{frame}, wrong checksum by the source port", Flipped(summed, summed.TunnelAt), DecapReason.BadChecksum, IsKernels: true);
            yield return new DecapCase($"{frame}, UDP length 7", Changed(frame with { UdpChecksum = false }, frame.TunnelAt + 5, 7), DecapReason.BadLength, IsKernels: true);
            yield return new DecapCase($"{frame}, UDP length beyond the packet", Changed(frame with { UdpChecksum = false }, frame.TunnelAt + 4, 9), DecapReason.BadLength, IsKernels: true);
            TunnelFrame unsummed = frame with { UdpChecksum = false };
            for (int bytes = 8; bytes < 12; bytes++)
                yield return new DecapCase($"{frame}, {bytes - 8} bytes of GUE", Cut(unsummed, frame.TunnelAt + bytes), DecapReason.Runt);
            TunnelFrame optional = unsummed with { GueHeader = [2, inside, 0, 0, .. new byte[8]] };
            yield return new DecapCase($"{frame}, private words cut off", Cut(optional, optional.InnerAt - 1), DecapReason.Runt);
        }
    }

    private static IEnumerable<DecapCase> BadInner()
    {
        foreach (TunnelFrame plain in Forms())
        {
            TunnelFrame frame = plain with { UdpChecksum = false };
            int inner = frame.InnerAt, header = frame.IsIpv6Inside ? 40 : 20;
            foreach (int bytes in (int[])[0, 1, header - 1]) yield return new DecapCase($"{frame}, {bytes} inner bytes", Cut(frame, inner + bytes), DecapReason.Runt);
            yield return new DecapCase($"{frame}, inner packet cut off", Cut(frame, frame.Build().Length - 1), DecapReason.BadLength);
            yield return new DecapCase($"{frame}, of the other version inside", Changed(frame, inner, frame.IsIpv6Inside ? (byte)0x45 : (byte)0x65), DecapReason.BadHeader);
            if (frame.IsIpv6Inside) continue;
            yield return new DecapCase($"{frame}, inner header of four words", Changed(frame, inner, 0x44), DecapReason.BadHeader);
            yield return new DecapCase($"{frame}, wrong inner checksum", Changed(frame, inner + 8, 63), DecapReason.BadChecksum);
            yield return new DecapCase($"{frame}, inner length within its header", Changed(Changed(frame, inner + 2, 0), inner + 3, 19), DecapReason.BadLength);
        }
    }

    private static DecapCase Delivered(string name, TunnelFrame frame) =>
        new(name, frame.Build(), DecapReason.Delivered, [.. frame.InnerLink, .. frame.Inner, .. new byte[frame.Padding]]);

    /// <summary>The frame ends early, and its outer headers say so.</summary>
    private static byte[] Cut(TunnelFrame frame, int length)
    {
        byte[] cut = frame.Build()[..length];
        int ip = frame.LinkBytes, total = length - ip - (frame.OverIpv6 ? 40 : 0);
        BinaryPrimitives.WriteUInt16BigEndian(cut.AsSpan(ip + (frame.OverIpv6 ? 4 : 2)), (ushort)total);
        if (frame.Form == DecapForms.Gue) BinaryPrimitives.WriteUInt16BigEndian(cut.AsSpan(frame.TunnelAt + 4), (ushort)(length - frame.TunnelAt));
        return frame.OverIpv6 ? cut : Summed(cut, ip);
    }

    private static byte[] Flipped(TunnelFrame frame, int at)
    {
        byte[] bytes = frame.Build();
        bytes[at] ^= 0x40;
        return bytes;
    }

    private static byte[] Changed(TunnelFrame frame, int at, byte value) => Changed(frame.Build(), at, value);

    private static byte[] Changed(byte[] frame, int at, byte value)
    {
        byte[] bytes = [.. frame];
        bytes[at] = value;
        return bytes;
    }

    private static byte[] Summed(byte[] frame, int ip)
    {
        frame.AsSpan(ip + 10, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(ip + 10), Rfc1071.Of(frame.AsSpan(ip, (frame[ip] & 15) * 4)));
        return frame;
    }
}
