using System.Buffers.Binary;
using RustyRail.Tests.Support.Packets;

namespace RustyRail.Tests.Support.Golden;

/// <summary>
/// Whether a frame that left can be understood by who gets it: every header that the balancer wrote, and the packet inside as far as its own
/// header. Knows the formats from their RFCs alone.
/// </summary>
internal static class OuterHeaders
{
    private const int Ipv4 = 0x0800, Ipv6 = 0x86DD, Gre = 47, Udp = 17;

    /// <param name="form">What the service of the frame sends by; null for an answer.</param>
    public static string? Problem(ReadOnlySpan<byte> frame, string? form)
    {
        if (frame.Length < 14) return "no Ethernet header";
        int type = U16(frame, 12), at = 14;
        for (int tags = 0; tags < 2 && type is VlanLayer.Customer or VlanLayer.ServiceProvider; tags++)
        {
            if (frame.Length < at + 4) return "a tag cut off";
            type = U16(frame, at + 2);
            at += 4;
        }

        ReadOnlySpan<byte> packet = frame[at..];
        if (IpProblem(packet, type, isExact: true) is { } ip) return ip;
        return form is null ? AnswerProblem(packet) : form == GoldenForm.L2.Word ? StationProblem(frame) : StationProblem(frame) ?? TunnelProblem(packet, form);
    }

    private static string? StationProblem(ReadOnlySpan<byte> frame)
    {
        byte[] destination = frame[..6].ToArray();
        if (!frame[6..12].SequenceEqual(PacketBuilder.Mac(Cast.BalancerMac))) return "from another MAC than the balancer's";
        return GoldenServer.Four.Concat(GoldenServer.Six).Any(server => destination.SequenceEqual(PacketBuilder.Mac(server.Mac))) ? null : "to no server's MAC";
    }

    /// <summary>Version, lengths and checksum.</summary>
    /// <param name="isExact">Nothing may stand behind it.</param>
    private static string? IpProblem(ReadOnlySpan<byte> packet, int type, bool isExact)
    {
        if (type is not (Ipv4 or Ipv6)) return $"type 0x{type:x4}";
        if (packet.Length < (type == Ipv4 ? 20 : Ipv6Layer.Bytes)) return "an IP header cut off";
        int version = packet[0] >> 4;
        if (version != (type == Ipv4 ? 4 : 6)) return $"version {version} behind type 0x{type:x4}";
        int length = type == Ipv4 ? U16(packet, 2) : Ipv6Layer.Bytes + U16(packet, 4);
        if (isExact ? length != packet.Length : length > packet.Length) return $"IP length {length} of {packet.Length}";
        if (type == Ipv6) return null;
        int header = (packet[0] & 15) * 4;
        if (header < 20 || header > length) return $"an IPv4 header of {header} bytes";
        return Rfc1071.Of(packet[..header]) == 0 ? null : "a wrong IPv4 checksum";
    }

    private static string? TunnelProblem(ReadOnlySpan<byte> packet, string form)
    {
        bool isIpv6 = packet[0] >> 4 == 6;
        string source = Address(packet, isIpv6 ? 8 : 12, isIpv6), destination = Address(packet, isIpv6 ? 24 : 16, isIpv6);
        if (source != (isIpv6 ? Cast.Balancer6 : Cast.Balancer4)) return $"an outer header from {source}";
        if (!GoldenServer.Four.Concat(GoldenServer.Six).Any(server => server.Address == destination)) return $"an outer header to {destination}";
        if (packet[isIpv6 ? 7 : 8] == 0) return "no hop left";
        if (!isIpv6 && (U16(packet, 6) & 0x7FFF) != Ipv4Layer.DontFragment) return "an outer header that says other than not to fragment";
        (int protocol, int at) = isIpv6 ? BehindExtensions(packet) : (packet[9], (packet[0] & 15) * 4);
        ReadOnlySpan<byte> inside = packet[at..];
        return form switch
        {
            "gre" => protocol == Gre ? GreProblem(inside) : $"protocol {protocol} instead of GRE",
            "ipip" => protocol is 4 or 41 ? IpProblem(inside, protocol == 4 ? Ipv4 : Ipv6, isExact: true) : $"protocol {protocol} instead of IP",
            _ => protocol == Udp ? UdpProblem(packet, inside, form) : $"protocol {protocol} instead of UDP",
        };
    }

    /// <summary>A router's own may stay before GRE.</summary>
    private static (int Protocol, int At) BehindExtensions(ReadOnlySpan<byte> packet)
    {
        int protocol = packet[6], at = Ipv6Layer.Bytes;
        while (protocol is 0 or 43 or 60 && at + 8 <= packet.Length) (protocol, at) = (packet[at], at + ((packet[at + 1] + 1) * 8));
        return (protocol, Math.Min(at, packet.Length));
    }

    private static string? GreProblem(ReadOnlySpan<byte> gre)
    {
        if (gre.Length < 4) return "GRE cut off";
        int flags = U16(gre, 0), header = 4 + (4 * System.Numerics.BitOperations.PopCount((uint)flags & 0xB000));
        if ((flags & 0x4C07) != 0) return $"GRE flags 0x{flags:x4}";
        if (gre.Length < header) return "GRE options cut off";
        if ((flags & 0x8000) != 0 && Rfc1071.Of(gre) != 0) return "a wrong GRE checksum";
        return IpProblem(gre[header..], U16(gre, 2), isExact: false);
    }

    private static string? UdpProblem(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> udp, string form)
    {
        if (udp.Length < 8 || U16(udp, 4) != udp.Length) return "a wrong UDP length";
        bool isIpv6 = packet[0] >> 4 == 6;
        if (isIpv6 ? U16(udp, 6) == 0 || Rfc1071.Of(udp, PseudoHeader(packet, udp.Length)) != 0 : U16(udp, 6) != 0) return "a wrong UDP checksum";
        if (U16(udp, 0) < 49152) return $"UDP source port {U16(udp, 0)}";
        int port = U16(udp, 2);
        ReadOnlySpan<byte> inside = udp[8..];
        if (form == "gue")
        {
            if (port != GueLayer.Port || inside.Length < 4 || inside[0] != 0 || U16(inside, 2) != 0) return "a wrong GUE header";
            return inside[1] is 4 or 41 ? IpProblem(inside[4..], inside[1] == 4 ? Ipv4 : Ipv6, isExact: true) : $"GUE with protocol {inside[1]}";
        }

        bool isVxlan = form == "vxlan";
        byte[] header = isVxlan ? [8, 0, 0, 0] : [0, 0, 0x65, 0x58];
        if (port != (isVxlan ? VxlanLayer.Port : GeneveLayer.Port) || inside.Length < 22 || !inside[..4].SequenceEqual(header)) return $"a wrong {form} header";
        if (((inside[4] << 16) | U16(inside, 5)) != Sent.Vni || inside[7] != 0) return "another VNI";
        byte[] stations = [.. PacketBuilder.Mac(Sent.OverlayDestination), .. PacketBuilder.Mac(Sent.OverlaySource)];
        return inside[8..20].SequenceEqual(stations) ? IpProblem(inside[22..], U16(inside, 20), isExact: true) : "other inner MACs";
    }

    /// <summary>An echo reply or "too big", with 64 hops and a right checksum.</summary>
    private static string? AnswerProblem(ReadOnlySpan<byte> packet)
    {
        bool isIpv6 = packet[0] >> 4 == 6;
        if (packet[isIpv6 ? 7 : 8] != 64) return "an answer with other than 64 hops";
        (int protocol, int at) = isIpv6 ? BehindExtensions(packet) : (packet[9], (packet[0] & 15) * 4);
        ReadOnlySpan<byte> icmp = packet[at..];
        if (protocol != (isIpv6 ? 58 : 1) || icmp.Length < 8) return "an answer that is no ICMP";
        if (Rfc1071.Of(icmp, isIpv6 ? PseudoHeader(packet, icmp.Length) : 0) != 0) return "a wrong ICMP checksum";
        bool isKnown = isIpv6 ? icmp[0] is 129 or 2 : icmp[0] == 0 || (icmp[0] == 3 && icmp[1] == 4);
        return isKnown ? null : $"an answer of type {icmp[0]}";
    }

    private static uint PseudoHeader(ReadOnlySpan<byte> packet, int length) =>
        (ushort)~Rfc1071.Of([.. packet[8..40], 0, 0, (byte)(length >> 8), (byte)length, 0, 0, 0, (byte)BehindExtensions(packet).Protocol]);

    private static string Address(ReadOnlySpan<byte> packet, int at, bool isIpv6) => new System.Net.IPAddress(packet.Slice(at, isIpv6 ? 16 : 4)).ToString();

    private static int U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
}
