using RustyRail.Contract.Region;
using RustyRail.Tests.Support.Packets;
using static RustyRail.Tests.Support.Golden.GoldenExpectation;

namespace RustyRail.Tests.Support.Golden;

/// <summary>Lengths and versions that contradict each other, header by header from the outside in.</summary>
internal static class GoldenLengths
{
    public static IEnumerable<GoldenCase> Cases => [.. Frames, .. Ipv4, .. Ipv6, .. Outer, .. InnerHeaders, .. Transport, .. Transport6];

    private static GoldenCase Of(string name, byte[] frame, Reason reason) => new GoldenCase(name, GoldenCatalogues.Web).Send(frame, Dropped(reason));

    private static GoldenCase Of(string name, PacketBuilder frame, Reason reason) => Of(name, frame.Build(), reason);

    private static GoldenCase Of6(string name, PacketBuilder frame, Reason reason) => new GoldenCase(name, GoldenCatalogues.Web6).Send(frame, Dropped(reason));

    private static IEnumerable<GoldenCase> Frames
    {
        get
        {
            byte[] plain = Came.Plain.Then(Cast.Tcp4()).Build(), six = Came.Plain.Then(Cast.Tcp6()).Build(), gre = Came.InGre4().Then(Cast.Tcp4()).Build();
            yield return Of("one byte is a runt", [0x02], Reason.Runt);
            yield return Of("13 bytes are a runt", plain[..13], Reason.Runt);
            yield return Of("an Ethernet header for IPv4 alone is a runt", plain[..14], Reason.Runt);
            yield return Of("an Ethernet header for IPv6 alone is a runt", six[..14], Reason.Runt);
            yield return Of("19 bytes of IPv4 are a runt", plain[..33], Reason.Runt);
            yield return Of("39 bytes of IPv6 are a runt", six[..53], Reason.Runt);
            yield return Of("an IPv4 header cut off within its options is a runt",
                Came.Plain.Then(Cast.Tcp4(ip: ip => ip with { Options = new byte[40] })).Build()[..60], Reason.Runt);
            yield return Of("a frame without its last byte is too short for its packet", plain[..^1], Reason.BadLength);
            yield return new GoldenCase("an IPv6 frame without its last byte is too short for its packet", GoldenCatalogues.Web6)
                .Send(six[..^1], Dropped(Reason.BadLength));
            yield return Of("GRE without its last byte is too short for its packet", gre[..^1], Reason.BadLength);
        }
    }

    private static IEnumerable<GoldenCase> Ipv4
    {
        get
        {
            static PacketBuilder With(Func<Ipv4Layer, Ipv4Layer> ip) => Came.Plain.Then(Cast.Tcp4(ip: ip));
            foreach (byte version in new byte[] { 0, 5, 6, 15 })
                yield return Of($"version {version} behind the type of IPv4 is refused", With(ip => ip with { Version = version }), Reason.BadHeader);
            foreach (int words in new[] { 0, 1, 4 })
                yield return Of($"an IPv4 header of {words} words is refused", With(ip => ip with { HeaderWords = words }), Reason.BadHeader);
            yield return Of("an IPv4 header beyond the frame is a runt",
                Came.Plain.Ipv4(Cast.Client4, Cast.Vip4, ip => ip with { HeaderWords = 15, Protocol = 6 }).PayloadOf(20), Reason.Runt);
            yield return Of("an IPv4 length of 0 is refused", With(ip => ip with { TotalLength = 0 }), Reason.BadLength);
            yield return Of("an IPv4 length below the header is refused", With(ip => ip with { TotalLength = 19 }), Reason.BadLength);
            yield return Of("an IPv4 length within the options is refused", With(ip => ip with { TotalLength = 20, Options = new byte[8] }), Reason.BadLength);
            yield return Of("an IPv4 length beyond the frame is refused", With(ip => ip with { TotalLength = 141 }), Reason.BadLength);
            yield return Of("an IPv4 length of 65535 is refused", With(ip => ip with { TotalLength = 65535 }), Reason.BadLength);
            yield return Of("a length is judged before a checksum", With(ip => ip with { TotalLength = 141, ChecksumError = 1 }), Reason.BadLength);
            yield return Of("what is wrong is judged before the service is looked for",
                Came.Plain.Then(Cast.Tcp4(port: 22, ip: ip => ip with { TotalLength = 141 })), Reason.BadLength);
            yield return new GoldenCase("what is wrong with another host's packet is the host's to find", GoldenCatalogues.Web)
                .SendPlain(Cast.Tcp4(vip: Cast.Elsewhere4, ip: ip => ip with { TotalLength = 141, ChecksumError = 1 }), Host);
        }
    }

    private static IEnumerable<GoldenCase> Ipv6
    {
        get
        {
            static PacketBuilder With(Func<Ipv6Layer, Ipv6Layer> ip) => Came.Plain.Then(Cast.Tcp6(ip: ip));
            foreach (byte version in new byte[] { 0, 4, 7 })
                yield return Of6($"version {version} behind the type of IPv6 is refused", With(ip => ip with { Version = version }), Reason.BadHeader);
            yield return Of6("an IPv6 length beyond the frame is refused", With(ip => ip with { PayloadLength = 121 }), Reason.BadLength);
            yield return Of6("an IPv6 length of 65535 is refused", With(ip => ip with { PayloadLength = 65535 }), Reason.BadLength);
            yield return Of6("an IPv6 length of 0 leaves no TCP header", With(ip => ip with { PayloadLength = 0 }), Reason.Runt);
            yield return Of6("an IPv6 length within the TCP header leaves a runt", With(ip => ip with { PayloadLength = 19 }), Reason.Runt);
            yield return Of("version 4 behind the type of IPv6 is refused where there is no IPv6 service",
                Came.Plain.Then(Cast.Tcp6(ip: ip => ip with { Version = 4 })), Reason.BadHeader);
            yield return new GoldenCase("an IPv6 packet for no VIP is the host's, whatever its length says", GoldenCatalogues.Web)
                .Send(With(ip => ip with { PayloadLength = 65535 }), Host);
        }
    }

    private static IEnumerable<GoldenCase> Outer
    {
        get
        {
            static PacketBuilder With(Func<Ipv4Layer, Ipv4Layer> outer) => Came.InGre4(outer).Then(Cast.Tcp4());
            static PacketBuilder With6(Func<Ipv6Layer, Ipv6Layer> outer) => Came.InGre6(outer).Then(Cast.Tcp6());
            yield return Of("an outer length beyond the frame is refused", With(ip => ip with { TotalLength = 165 }), Reason.BadLength);
            yield return Of("an outer length below its header is refused", With(ip => ip with { TotalLength = 19 }), Reason.BadLength);
            yield return Of("an outer length within the GRE header is refused", With(ip => ip with { TotalLength = 22 }), Reason.BadLength);
            yield return Of("an outer length within the inner header is refused", With(ip => ip with { TotalLength = 24 + 19 }), Reason.BadLength);
            yield return Of("an outer length short of the inner packet is refused", With(ip => ip with { TotalLength = 163 }), Reason.BadLength);
            yield return Of("an outer header of 4 words is refused", With(ip => ip with { HeaderWords = 4 }), Reason.BadHeader);
            yield return Of("an outer version 6 behind the type of IPv4 is refused", With(ip => ip with { Version = 6 }), Reason.BadHeader);
            yield return Of6("an IPv6 outer length beyond the frame is refused", With6(ip => ip with { PayloadLength = 165 }), Reason.BadLength);
            yield return Of6("an IPv6 outer length of 0 is refused", With6(ip => ip with { PayloadLength = 0 }), Reason.BadLength);
            yield return Of6("an IPv6 outer length short of the inner packet is refused", With6(ip => ip with { PayloadLength = 163 }), Reason.BadLength);
            yield return Of6("an outer version 4 behind the type of IPv6 is refused", With6(ip => ip with { Version = 4 }), Reason.BadHeader);
        }
    }

    private static IEnumerable<GoldenCase> InnerHeaders
    {
        get
        {
            static PacketBuilder With(Func<Ipv4Layer, Ipv4Layer> inner) => Came.InGre4().Then(Cast.Tcp4(ip: inner));
            static PacketBuilder With6(Func<Ipv6Layer, Ipv6Layer> inner) => Came.InGre4().Then(Cast.Tcp6(ip: inner));
            yield return Of("an inner version 6 behind the type of IPv4 is refused", With(ip => ip with { Version = 6 }), Reason.BadHeader);
            yield return Of("an inner header of 0 words is refused", With(ip => ip with { HeaderWords = 0 }), Reason.BadHeader);
            yield return Of("an inner header beyond the frame is a runt",
                Came.InGre4().Ipv4(Cast.Client4, Cast.Vip4, ip => ip with { HeaderWords = 15, Protocol = 6 }).PayloadOf(20), Reason.Runt);
            yield return Of("an inner length beyond the outer packet is refused", With(ip => ip with { TotalLength = 141 }), Reason.BadLength);
            yield return Of("an inner length below its header is refused", With(ip => ip with { TotalLength = 8 }), Reason.BadLength);
            yield return Of6("an inner version 4 behind the type of IPv6 is refused", With6(ip => ip with { Version = 4 }), Reason.BadHeader);
            yield return Of6("an inner IPv6 length beyond the outer packet is refused", With6(ip => ip with { PayloadLength = 121 }), Reason.BadLength);
            yield return Of6("an inner IPv6 length of 0 leaves no TCP header", With6(ip => ip with { PayloadLength = 0 }), Reason.Runt);
        }
    }

    private static IEnumerable<GoldenCase> Transport
    {
        get
        {
            static GoldenCase Both(string name, PacketBuilder packet, Reason reason) =>
                new GoldenCase(name, GoldenCatalogues.Web).SendPlain(packet, Dropped(reason)).SendInGre4(packet, Dropped(reason)).SendInGre6(packet,
                    Dropped(reason));
            static PacketBuilder Ip(byte protocol, int bytes) =>
                PacketBuilder.Bare.Ipv4(Cast.Client4, Cast.Vip4, ip => ip with { Protocol = protocol }).PayloadOf(bytes);
            yield return Both("no byte of TCP is a runt", Ip(6, 0), Reason.Runt);
            yield return Both("19 bytes of TCP are a runt", Ip(6, 19), Reason.Runt);
            yield return Both("a TCP header of 4 words is refused", Cast.Tcp4(tcp: tcp => tcp with { HeaderWords = 4 }), Reason.BadHeader);
            yield return Both("a TCP header of 0 words is refused", Cast.Tcp4(tcp: tcp => tcp with { HeaderWords = 0 }), Reason.BadHeader);
            yield return Both("a TCP header beyond the packet is refused", Cast.Tcp4(payload: 0, tcp: tcp => tcp with { HeaderWords = 6 }), Reason.BadLength);
            yield return Both("a TCP header beyond a longer packet is refused",
                Cast.Tcp4(payload: 39, tcp: tcp => tcp with { HeaderWords = 15 }), Reason.BadLength);
            yield return Both("a TCP header is judged whatever the port", Cast.Tcp4(port: 22, tcp: tcp => tcp with { HeaderWords = 4 }), Reason.BadHeader);
            yield return Both("no byte of UDP is a runt", Ip(17, 0), Reason.Runt);
            yield return Both("seven bytes of UDP are a runt", Ip(17, 7), Reason.Runt);
            yield return Both("a UDP length of 0 is refused", Cast.Udp4(udp: udp => udp with { Length = 0 }), Reason.BadLength);
            yield return Both("a UDP length of 7 is refused", Cast.Udp4(udp: udp => udp with { Length = 7 }), Reason.BadLength);
            yield return Both("a UDP length beyond the packet is refused", Cast.Udp4(udp: udp => udp with { Length = 49 }), Reason.BadLength);
            yield return Both("no byte of ICMP is a runt", Ip(1, 0), Reason.Runt);
            yield return Both("seven bytes of ICMP echo are a runt",
                PacketBuilder.Bare.Ipv4(Cast.Client4, Cast.Vip4, ip => ip with { Protocol = 1 }).Payload(8, 0, 0xF7, 0xFF, 0, 0, 0), Reason.Runt);
            foreach (int length in new[] { 8, 9, 47 })
            {
                PacketBuilder packet = Cast.Udp4(udp: udp => udp with { Length = length });
                yield return new GoldenCase($"a UDP length of {length}, shorter than the packet, is the server's to understand",
                    GoldenCatalogues.Web)
                { IsFlawed = true }
                    .SendPlain(packet, Delivered.Gre("dns", GoldenServer.Four1, packet));
            }
        }
    }

    private static IEnumerable<GoldenCase> Transport6
    {
        get
        {
            static GoldenCase Both(string name, PacketBuilder packet, Reason reason) =>
                new GoldenCase(name, GoldenCatalogues.Web6).SendPlain(packet, Dropped(reason)).SendInGre6(packet, Dropped(reason));
            static PacketBuilder Ip(byte protocol, int bytes) =>
                PacketBuilder.Bare.Ipv6(Cast.Client6, Cast.Vip6, ip => ip with { NextHeader = protocol }).PayloadOf(bytes);
            yield return Both("19 bytes of TCP over IPv6 are a runt", Ip(6, 19), Reason.Runt);
            yield return Both("a TCP header of 4 words over IPv6 is refused", Cast.Tcp6(tcp: tcp => tcp with { HeaderWords = 4 }), Reason.BadHeader);
            yield return Both("a TCP header beyond the IPv6 packet is refused",
                Cast.Tcp6(payload: 0, tcp: tcp => tcp with { HeaderWords = 6 }), Reason.BadLength);
            yield return Both("seven bytes of UDP over IPv6 are a runt", Ip(17, 7), Reason.Runt);
            yield return Both("a UDP length of 7 over IPv6 is refused", Cast.Udp6(udp: udp => udp with { Length = 7 }), Reason.BadLength);
            yield return Both("a UDP length beyond the IPv6 packet is refused", Cast.Udp6(udp: udp => udp with { Length = 49 }), Reason.BadLength);
            yield return Both("seven bytes of ICMPv6 echo are a runt", Ip(58, 7), Reason.Runt);
        }
    }
}
