using RustyRail.Contract.Region;
using RustyRail.Tests.Support.Packets;

namespace RustyRail.Tests.Support.Reference;

/// <summary>docs/design/packet-classes.md, "What is judged of ours". The first that is wrong names the reason.</summary>
internal static class Soundness
{
    private const int Tcp = 6, Udp = 17, Icmp = 1, Icmpv6 = 58;

    public static Fate? Of(ReadOnlySpan<byte> frame, JudgedCatalogue catalogue, ref Places places)
    {
        ReadOnlySpan<byte> first = frame[places.First..];
        if (LengthOf(first) is not { } length) return Fate.Drop(Reason.BadLength);
        places.FirstEnd = places.InnerEnd = places.First + length;
        if (!IsHeaderRight(first)) return Fate.Drop(Reason.BadChecksum);
        if (places.IsInGre && OfGre(frame, ref places) is { } defect) return defect;
        if (Chain.Read(frame, ref places) is { } broken) return broken;
        if (places.FragmentOffset == 0 && OfTransport(frame, places) is { } wrong) return wrong;
        return places.IsInGre && !catalogue.IsRouter(Address.SourceOf(first)) ? Fate.Drop(Reason.SourceNotAllowed) : null;
    }

    private static Fate? OfGre(ReadOnlySpan<byte> frame, ref Places places)
    {
        ReadOnlySpan<byte> outer = frame[places.First..places.FirstEnd];
        if (!outer.IsIpv6() && (outer.Word(6) & 0x3FFF) != 0) return Fate.Drop(Reason.FragmentUnknown);
        int least = frame[places.Inner..].IsIpv6() ? 40 : 20;
        if (places.FirstEnd < places.Inner + least) return Fate.Drop(Reason.BadLength);
        ReadOnlySpan<byte> inner = frame[places.Inner..places.FirstEnd], gre = frame[places.Gre..places.FirstEnd];
        if (LengthOf(inner) is not { } length) return Fate.Drop(Reason.BadLength);
        places.InnerEnd = places.Inner + length;
        if ((gre[0] & 0x80) != 0 && Rfc1071.Of(gre) != 0) return Fate.Drop(Reason.BadChecksum);
        return IsHeaderRight(inner) ? null : Fate.Drop(Reason.BadChecksum);
    }

    /// <summary>Of the whole packet as its header tells; none if there is not so much.</summary>
    private static int? LengthOf(ReadOnlySpan<byte> ip)
    {
        int length = ip.IsIpv6() ? 40 + ip.Word(4) : ip.Word(2), header = ip.IsIpv6() ? 40 : ip.HeaderBytes();
        return length < header || length > ip.Length ? null : length;
    }

    private static bool IsHeaderRight(ReadOnlySpan<byte> ip) => ip.IsIpv6() || Rfc1071.Of(ip[..ip.HeaderBytes()]) == 0;

    private static Fate? OfTransport(ReadOnlySpan<byte> frame, in Places places)
    {
        ReadOnlySpan<byte> transport = frame[places.Transport..places.InnerEnd];
        int icmp = frame[places.Inner..].IsIpv6() ? Icmpv6 : Icmp;
        if (places.Protocol == icmp) return transport.Length < 8 ? Fate.Drop(Reason.Runt) : null;
        return places.Protocol switch
        {
            Tcp => OfTcp(transport, places.IsFragment),
            Udp => OfUdp(transport, places.IsFragment),
            _ => null,
        };
    }

    private static Fate? OfTcp(ReadOnlySpan<byte> tcp, bool isFragment)
    {
        if (tcp.Length < 20) return Fate.Drop(Reason.Runt);
        int header = tcp[12] / 16 * 4;
        if (header < 20) return Fate.Drop(Reason.BadHeader);
        return header > tcp.Length && !isFragment ? Fate.Drop(Reason.BadLength) : null;
    }

    private static Fate? OfUdp(ReadOnlySpan<byte> udp, bool isFragment)
    {
        if (udp.Length < 8) return Fate.Drop(Reason.Runt);
        int stated = udp.Word(4);
        return stated < 8 || (stated > udp.Length && !isFragment) ? Fate.Drop(Reason.BadLength) : null;
    }
}
