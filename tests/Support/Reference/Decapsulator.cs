using RustyRail.Contract.Specification;
using RustyRail.Tests.Support.Packets;

namespace RustyRail.Tests.Support.Reference;

/// <summary>What a backend finds in a frame of a given send form: the outer header, what lies between, the packet inside.</summary>
internal ref struct Decapsulator
{
    private const int Ipv4InIp = 4, Udp = 17, Ipv6InIp = 41, GreProtocol = 47;

    public ReadOnlySpan<byte> Outer, Between, Inner;

    /// <summary>Opens the IP packet <paramref name="ip"/>, which is all that left behind Ethernet. None, or what a backend would choke on.</summary>
    public string? Open(ReadOnlySpan<byte> ip, SendForm form)
    {
        if (form == SendForm.L2)
        {
            Inner = ip;
            return ip.Length >= 20 ? null : "no IP packet";
        }

        if (ip.Length < (ip.IsIpv6() ? 40 : 20)) return "no outer header";
        int length = ip.IsIpv6() ? 40 + ip.Word(4) : ip.Word(2), header = ip.IsIpv6() ? 40 : ip.HeaderBytes(), next = ip.IsIpv6() ? ip[6] : ip[9];
        if (length != ip.Length) return $"the outer header says {length} bytes of {ip.Length}";
        if (!ip.IsIpv6() && Rfc1071.Of(ip[..header]) != 0) return "the outer checksum is wrong";
        for (; ip.IsIpv6() && next is 0 or 43 or 60; header += (ip[header + 1] + 1) * 8) next = ip[header];
        Outer = ip[..header];
        return form switch
        {
            SendForm.Gre => next == GreProtocol ? OpenGre(ip[header..]) : $"protocol {next}",
            SendForm.Ipip => OpenIpip(ip[header..], next),
            _ => next == Udp ? OpenUdp(ip, ip[header..], form) : $"protocol {next}",
        };
    }

    private string? OpenGre(ReadOnlySpan<byte> gre)
    {
        int header = 4 + (4 * int.PopCount(gre.Word(0) & 0b1011_0000_0000_0000));
        if ((gre.Word(0) & 0b0100_1100_0000_0111) != 0) return $"GRE flags {gre.Word(0):x4}";
        if ((gre[0] & 0x80) != 0 && Rfc1071.Of(gre) != 0) return "the GRE checksum is wrong";
        Between = gre[..header];
        Inner = gre[header..];
        return gre.Word(2) == TypeInside ? null : $"GRE says type {gre.Word(2):x4}";
    }

    private string? OpenIpip(ReadOnlySpan<byte> inner, int protocol)
    {
        Inner = inner;
        return protocol == (inner.IsIpv6() ? Ipv6InIp : Ipv4InIp) ? null : $"protocol {protocol}";
    }

    private string? OpenUdp(ReadOnlySpan<byte> ip, ReadOnlySpan<byte> udp, SendForm form)
    {
        if (udp.Word(4) != udp.Length) return $"UDP says {udp.Word(4)} bytes of {udp.Length}";
        bool isRight = ip.IsIpv6() ? udp.Word(6) != 0 && Rfc1071.Of(udp, Pseudo.SumOf(ip, udp.Length, Udp)) == 0 : udp.Word(6) == 0;
        if (!isRight) return "the UDP checksum is wrong";
        if (udp.Word(0) < 49152) return $"UDP source port {udp.Word(0)}";
        int header = 8 + (form == SendForm.Gue ? 4 : 8 + 14);
        Between = udp[..header];
        Inner = udp[header..];
        return (form, udp.Word(2)) switch
        {
            (SendForm.Gue, 6080) => udp.Long(8) == (Inner.IsIpv6() ? 0x0029_0000 : 0x0004_0000) ? null : $"GUE header {udp.Long(8):x8}",
            // RFC 7348 section 5 and RFC 8926 section 3.4.
            (SendForm.Vxlan, 4789) => udp.Long(8) == 0x0800_0000 ? OpenOverlay(udp) : $"VXLAN header {udp.Long(8):x8}",
            (SendForm.Geneve, 6081) => udp.Long(8) == 0x0000_6558 ? OpenOverlay(udp) : $"Geneve header {udp.Long(8):x8}",
            _ => $"UDP port {udp.Word(2)}",
        };
    }

    private readonly string? OpenOverlay(ReadOnlySpan<byte> udp)
    {
        if (udp[15] != 0) return "the byte behind the VNI is not 0";
        return udp.Word(28) == TypeInside ? null : $"the inner Ethernet header says type {udp.Word(28):x4}";
    }

    private readonly int TypeInside => Inner.IsIpv6() ? 0x86DD : 0x0800;
}
