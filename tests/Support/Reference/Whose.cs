using RustyRail.Contract.Region;

namespace RustyRail.Tests.Support.Reference;

/// <summary>docs/design/packet-classes.md, "Whose": is a frame ours, and which of its IP headers names the VIP?</summary>
internal static class Whose
{
    private const int Ipv4 = 0x0800, Ipv6 = 0x86DD, MostTags = 2, MostExtensionsBeforeGre = 4, GreProtocol = 47;

    /// <param name="mac">The device's; empty: all frames are for it.</param>
    public static Fate? Of(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> mac, JudgedCatalogue catalogue, ref Places places)
    {
        if (frame.Length < 14) return Fate.Drop(Reason.Runt);
        if (mac.Length > 0 && !frame[..6].SequenceEqual(mac)) return Fate.Host;
        int at = 14;
        for (int tags = 0; tags < MostTags && frame.Word(at - 2) is 0x8100 or 0x88A8; tags++, at += 4)
        {
            if (frame.Length < at + 4) return Fate.Drop(Reason.Runt);
        }

        int type = frame.Word(at - 2);
        if (type is not (Ipv4 or Ipv6)) return Fate.Host;
        if (HeaderDefect(frame[at..], type) is { } defect) return defect;
        (places.First, places.Inner, places.Gre) = (at, at, Places.None);
        int gre = GreIn(frame[at..]);
        if (gre != Places.None)
        {
            if (InGre(frame, at + gre, catalogue, ref places) is { } fate) return fate;
            if (places.IsInGre) return null;
        }

        return !IsBetweenNeighbours(frame[at..]) && catalogue.IsVip(Address.DestinationOf(frame[at..]), fromRouter: false) ? null : Fate.Host;
    }

    /// <summary>Neighbour discovery right behind the IPv6 header.</summary>
    private static bool IsBetweenNeighbours(ReadOnlySpan<byte> ip) => ip.IsIpv6() && ip[6] == 58 && ip.Length > 40 && ip[40] is >= 133 and <= 137;

    /// <summary>None, and no GRE found: it goes by the outer header as any other protocol.</summary>
    private static Fate? InGre(ReadOnlySpan<byte> frame, int at, JudgedCatalogue catalogue, ref Places places)
    {
        ReadOnlySpan<byte> gre = frame[at..];
        if (gre.Length < 4) return Fate.Drop(Reason.Runt);
        int flags = gre.Word(0), type = gre.Word(2);
        if (type is not (Ipv4 or Ipv6)) return null;
        // Version not 0, or bits 1, 4, 5.
        if ((flags & 0b0100_1100_0000_0111) != 0) return Fate.Drop(Reason.GreUnsupported);
        int inner = at + 4 + (4 * int.PopCount(flags & 0b1011_0000_0000_0000));
        if (inner > frame.Length) return Fate.Drop(Reason.Runt);
        if (HeaderDefect(frame[inner..], type) is { } defect) return defect;
        if (catalogue.IsVip(Address.DestinationOf(frame[inner..]), fromRouter: true)) (places.Gre, places.Inner) = (at, inner);
        return null;
    }

    private static Fate? HeaderDefect(ReadOnlySpan<byte> ip, int type)
    {
        bool isIpv6 = type == Ipv6;
        if (ip.Length < (isIpv6 ? 40 : 20)) return Fate.Drop(Reason.Runt);
        if (ip[0] >> 4 != (isIpv6 ? 6 : 4)) return Fate.Drop(Reason.BadHeader);
        if (isIpv6) return null;
        if ((ip[0] & 15) < 5) return Fate.Drop(Reason.BadHeader);
        return ip.HeaderBytes() > ip.Length ? Fate.Drop(Reason.Runt) : null;
    }

    /// <summary>Where GRE begins, if it shows.</summary>
    private static int GreIn(ReadOnlySpan<byte> ip)
    {
        if (!ip.IsIpv6()) return ip[9] == GreProtocol && (ip.Word(6) & 0x1FFF) == 0 ? ip.HeaderBytes() : Places.None;
        int next = ip[6], at = 40;
        for (int steps = 0; steps < MostExtensionsBeforeGre && next is 0 or 43 or 60; steps++)
        {
            if (ip.Length < at + 8) return Places.None;
            next = ip[at];
            at += (ip[at + 1] + 1) * 8;
            if (at > ip.Length) return Places.None;
        }

        return next == GreProtocol ? at : Places.None;
    }
}
