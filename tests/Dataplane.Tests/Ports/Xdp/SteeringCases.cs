using static Dataplane.Tests.Ports.Xdp.WireBytes;

namespace Dataplane.Tests.Ports.Xdp;

/// <summary>Frames with the verdict that the rules of docs/design/packet-classes.md give them, put down by hand; the VIPs are those of <see cref="Vips"/>.</summary>
internal static class SteeringCases
{
    public const string Vip4 = "10.1.0.1", Net4 = "10.2.3.200", Other4 = "10.9.0.1", Host4 = "192.168.137.188";
    public const string Vip6 = "2001:db8:1::1", Net6 = "2001:db8:2:ffff::9", Other6 = "2001:db8:9::1", Host6 = "2001:db8:a::188", Mapped = "::ffff:10.1.0.1";
    public const bool Ours = true, Hosts = false;

    private const int CustomerTag = 0x8100, ServiceTag = 0x88A8, Arp = 0x0806, Pptp = 0x880B, Bridged = 0x6558;

    public static string[] Vips { get; } = ["10.1.0.1/32", "10.2.3.0/24", "2001:db8:1::1/128", "2001:db8:2::/48"];

    public static IEnumerable<(string Name, byte[] Frame, bool IsOurs)> All() => [.. OfLinks(), .. OfHeaders(), .. OfDestinations(), .. OfTunnels(), .. OfGreHeaders(), .. OfChains()];

    private static IEnumerable<(string Name, byte[] Frame, bool IsOurs)> OfLinks()
    {
        byte[] anycast = Frame(To(Vip4));
        anycast[5] ^= 1;
        yield return ("1: a neighbour's MAC", anycast, Hosts);
        yield return ("1: broadcast", Frames.Eth(To(Vip4), destination: [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]), Hosts);
        yield return ("1: neighbour solicitation", Frames.Eth(To(Vip6), Ipv6Type, destination: [0x33, 0x33, 0xFF, 0, 0, 1]), Hosts);
        yield return ("1: a tag cut off, to another", Frames.Eth([0], CustomerTag, destination: [2, 9, 9, 9, 9, 9]), Hosts);
        foreach (int[] tags in (int[][])[[CustomerTag], [ServiceTag], [CustomerTag, CustomerTag], [ServiceTag, CustomerTag], [CustomerTag, ServiceTag], [ServiceTag, ServiceTag]])
        {
            string name = $"2: tags {string.Join(',', tags.Select(tag => $"{tag:X}"))}";
            foreach ((string destination, bool isOurs) in ((string, bool)[])[(Vip4, Ours), (Host4, Hosts), (Vip6, Ours), (Host6, Hosts)])
                yield return ($"{name}: {destination}", Frame(To(destination), tags), isOurs);
            yield return ($"{name}: VIP in GRE", Frame(Gre(To(Vip4)).In4(), tags), Ours);
            yield return ($"{name}: other in GRE", Frame(Gre(To(Other4)).In4(), tags), Hosts);
            yield return ($"{name}: VIP in GRE over IPv6", Frame(Gre(To(Vip6)).In6(Host6, HopByHop), tags), Ours);
            yield return ($"{name}: ARP", Tagged(new byte[28], Arp, tags), Hosts);
            yield return ($"{name}: header cut off", Frame(To(Host4)[..19], tags), Ours);
            for (int cut = 1; cut <= 4; cut++) yield return ($"{name}: the last tag without {cut} bytes", Tagged([], Ipv4Type, tags)[..^cut], Ours);
        }

        yield return ("2: a third tag", Frame(To(Vip4), ServiceTag, CustomerTag, CustomerTag), Hosts);
        yield return ("2: a third tag cut off", Tagged([], Ipv4Type, ServiceTag, CustomerTag, CustomerTag)[..^3], Hosts);
        yield return ("2: a tag of old", Frame(To(Vip4), 0x9100), Hosts);
        yield return ("2: a length in place of a type", Tagged(To(Vip4), 60, CustomerTag), Hosts);
        yield return ("2: nothing behind the type of ARP", Tagged([], Arp), Hosts);
        yield return ("2: types with their bytes swapped", Tagged(To(Vip4), 0x0008), Hosts);
    }

    private static IEnumerable<(string Name, byte[] Frame, bool IsOurs)> OfHeaders()
    {
        yield return ("3: nothing of IPv4", Tagged([], Ipv4Type), Ours);
        yield return ("3: nothing of IPv6", Tagged([], Ipv6Type), Ours);
        yield return ("3: 19 bytes of IPv4", Tagged(To(Host4)[..19], Ipv4Type), Ours);
        yield return ("3: 39 bytes of IPv6", Tagged(To(Host6)[..39], Ipv6Type), Ours);
        yield return ("5: 20 bytes of IPv4", Tagged(To(Host4)[..20], Ipv4Type), Hosts);
        yield return ("5: 40 bytes of IPv6", Tagged(To(Host6)[..40], Ipv6Type), Hosts);
        yield return ("3: IPv6 of type IPv4", Tagged(To(Host6), Ipv4Type), Ours);
        yield return ("3: IPv4 of type IPv6", Tagged(To(Host4, Frames.Udp), Ipv6Type), Ours);
        for (int first = 0x40; first < 0x45; first++) yield return ($"3: first byte {first:X}", Tagged([(byte)first, .. To(Host4)[1..]], Ipv4Type), Ours);
        foreach (int first in (int[])[0x05, 0x35, 0x50, 0x55, 0xF5]) yield return ($"3: first byte {first:X}", Tagged([(byte)first, .. To(Host4)[1..]], Ipv4Type), Ours);
        foreach (int first in (int[])[0x00, 0x40, 0x50, 0x70, 0xE0]) yield return ($"3: first byte {first:X} of IPv6", Tagged([(byte)first, .. To(Host6)[1..]], Ipv6Type), Ours);
        byte[] long4 = Frames.Ip("10.0.0.7", Host4, Frames.Tcp, [], ihl: 15);
        yield return ("3: the longest header", Tagged(long4, Ipv4Type), Hosts);
        yield return ("3: the longest header without its last byte", Tagged(long4[..^1], Ipv4Type), Ours);
    }

    private static IEnumerable<(string Name, byte[] Frame, bool IsOurs)> OfDestinations()
    {
        foreach (byte protocol in (byte[])[0, Frames.Icmp, Frames.Tcp, Frames.Udp, Authentication, Icmpv6, NoNext, Fragment, 50, 132, 255])
        {
            foreach (string vip in (string[])[Vip4, Net4, Vip6, Net6]) yield return ($"5: protocol {protocol} to {vip}", Frame(To(vip, protocol)), Ours);
            foreach (string other in (string[])[Other4, Host4, Other6, Host6, Mapped]) yield return ($"5: protocol {protocol} to {other}", Frame(To(other, protocol)), Hosts);
        }

        foreach ((int type, bool isOurs) in ((int, bool)[])[(1, Ours), (128, Ours), (132, Ours), (133, Hosts), (134, Hosts), (135, Hosts), (136, Hosts), (137, Hosts), (138, Ours), (255, Ours)])
        {
            byte[] message = [(byte)type, .. new byte[23]];
            yield return ($"5: ICMPv6 {type} to a VIP", Frame(Ipv6(Other6, Vip6, Icmpv6, message)), isOurs);
            yield return ($"5: its first byte alone, {type}", Frame(Ipv6(Other6, Net6, Icmpv6, message[..1]), CustomerTag), isOurs);
            yield return ($"5: {type} of another protocol", Frame(Ipv6(Other6, Vip6, Frames.Icmp, message)), Ours);
            yield return ($"5: {type} behind a header", Frame(Ipv6(Other6, Vip6, Routing, Chain([Routing], Icmpv6, message))), Ours);
            yield return ($"4: {type} in GRE", Frame(Gre(Ipv6(Other6, Vip6, Icmpv6, message)).In6()), Ours);
        }

        foreach (string edge in (string[])["10.2.3.0", "10.2.3.255", "2001:db8:2::", "2001:db8:2:ffff:ffff:ffff:ffff:ffff"]) yield return ($"5: first or last, {edge}", Frame(To(edge)), Ours);
        foreach (string edge in (string[])["10.2.2.255", "10.2.4.0", "10.1.0.0", "10.1.0.2", "2001:db8:1::", "2001:db8:1::2", "2001:db8:1:ffff:ffff:ffff:ffff:ffff", "2001:db8:3::"])
            yield return ($"5: one beside, {edge}", Frame(To(edge)), Hosts);
    }

    private static IEnumerable<(string Name, byte[] Frame, bool IsOurs)> OfTunnels()
    {
        foreach ((string inner, bool isOurs) in ((string, bool)[])[(Vip4, Ours), (Net4, Ours), (Other4, Hosts), (Vip6, Ours), (Net6, Ours), (Other6, Hosts), (Mapped, Hosts)])
        {
            GrePacket gre = Gre(To(inner));
            yield return ($"4: {inner} in GRE over IPv4", Frame(gre.In4()), isOurs);
            yield return ($"4: {inner} in GRE over IPv6", Frame(gre.In6()), isOurs);
            yield return ($"4: {inner} in GRE to a VIP", Frame(gre.In4(Vip4)), Ours);
            yield return ($"4: {inner} in GRE to a VIP over IPv6", Frame(gre.In6(Net6)), Ours);
            yield return ($"4: {inner} in a first fragment", Frame(gre.In4(fragment: 0x2000)), isOurs);
            yield return ($"4: {inner} in a later fragment", Frame(gre.In4(fragment: 0x2001)), Hosts);
            yield return ($"4: {inner} in a later fragment to a VIP", Frame(gre.In4(Vip4, fragment: 0x1FFF)), Ours);
            yield return ($"4: {inner} behind IPv4 options", Frame(gre.In4(ihl: 13)), isOurs);
        }

        yield return ("4: a later fragment with no room for GRE", Frame(Frames.Ip("10.0.0.7", Host4, Frames.Gre, [], fragment: 9)), Hosts);
    }

    private static IEnumerable<(string Name, byte[] Frame, bool IsOurs)> OfGreHeaders()
    {
        foreach ((string vip, string other) in ((string, string)[])[(Vip4, Other4), (Vip6, Other6)])
        {
            foreach (bool over6 in (bool[])[false, true])
            {
                byte[] In(GrePacket gre) => Frame(over6 ? gre.In6(Host6, Routing) : gre.In4());
                string way = $"{(vip == Vip4 ? "IPv4" : "IPv6")} over {(over6 ? "IPv6" : "IPv4")}";
                foreach (int flags in (int[])[0x1000, 0x2000, 0x3000, 0x8000, 0x9000, 0xA000, 0xB000, 0xB3F8])
                {
                    yield return ($"4: flags {flags:X}, {way}", In(Gre(To(vip), flags)), Ours);
                    yield return ($"4: flags {flags:X} to another, {way}", In(Gre(To(other), flags)), Hosts);
                }

                foreach (int flags in (int[])[1, 2, 4, 7, 0x4000, 0x0800, 0x0400, 0xBC01]) yield return ($"4: flags {flags:X} not known, {way}", In(Gre(To(other), flags)), Ours);
                foreach (int type in (int[])[Pptp, Bridged, Arp, 0x0008, 0]) yield return ($"4: type {type:X}, {way}", In(Gre(To(vip), 0x3001, type)), Hosts);
                yield return ($"4: type of the other family, {way}", In(Gre(To(other), 0, vip == Vip4 ? Ipv6Type : Ipv4Type)), Ours);
                yield return ($"4: no inner byte, {way}", In(new GrePacket([], 0, vip == Vip4 ? Ipv4Type : Ipv6Type)), Ours);
                yield return ($"4: the inner header alone, {way}", In(Gre(To(other)[..(vip == Vip4 ? 20 : 40)], 0xB000)), Hosts);
                yield return ($"4: the inner header without its last byte, {way}", In(Gre(To(other)[..(vip == Vip4 ? 19 : 39)], 0xB000)), Ours);
            }
        }

        foreach (int bytes in (int[])[0, 1, 2, 3])
        {
            yield return ($"4: {bytes} bytes of GRE", Frame(Frames.Ip("10.0.0.7", Host4, Frames.Gre, new byte[bytes])), Ours);
            yield return ($"4: {bytes} bytes of GRE over IPv6", Frame(Ipv6(Host6, Host6, Frames.Gre, new byte[bytes])), Ours);
            yield return ($"4: {bytes} bytes of GRE behind a header", Frame(Ipv6(Host6, Host6, Routing, Chain([Routing], Frames.Gre, new byte[bytes]))), Ours);
        }
    }

    private static IEnumerable<(string Name, byte[] Frame, bool IsOurs)> OfChains()
    {
        byte[] kinds = [HopByHop, DestinationOptions, Routing, DestinationOptions, HopByHop, Routing];
        for (int count = 0; count <= kinds.Length; count++)
        {
            byte[] chain = kinds[..count];
            yield return ($"4: {count} headers before GRE", Frame(Gre(To(Vip4), 0x2000).In6(Host6, chain)), count <= 4);
            yield return ($"4: {count} headers before GRE with IPv6 inside", Frame(Gre(To(Net6)).In6(Host6, chain)), count <= 4);
            yield return ($"4: {count} headers before GRE to another", Frame(Gre(To(Other6)).In6(Host6, chain)), Hosts);
            yield return ($"4: {count} headers before GRE to a VIP", Frame(Gre(To(Other6)).In6(Vip6, chain)), Ours);
            yield return ($"5: {count} headers before TCP", Frame(Ipv6(Host6, Host6, chain.Append(Frames.Tcp).First(), Chain(chain, Frames.Tcp, new byte[20]))), Hosts);
        }

        foreach (byte kind in (byte[])[HopByHop, Routing, DestinationOptions]) yield return ($"4: {kind} four times", Frame(Gre(To(Vip6)).In6(Host6, kind, kind, kind, kind)), Ours);
        foreach (byte kind in (byte[])[Fragment, Authentication, NoNext, 135, 139, 253])
        {
            yield return ($"4: {kind} before GRE", Frame(Gre(To(Vip6)).In6(Host6, kind)), Hosts);
            yield return ($"4: {kind} and another before GRE", Frame(Gre(To(Vip6)).In6(Host6, Routing, kind)), Hosts);
            yield return ($"4: {kind} before GRE to a VIP", Frame(Gre(To(Other6)).In6(Net6, kind)), Ours);
        }

        // The second byte counts units of 8 bytes behind the first 8: 255 of them are 2048 bytes.
        byte[] longest = [Frames.Gre, 255, .. new byte[2046]];
        yield return ("4: the longest header", Frame(Ipv6(Host6, Host6, Routing, [.. longest, .. Gre(To(Vip4)).Bytes])), Ours);
        yield return ("4: the longest header, then nothing", Frame(Ipv6(Host6, Host6, Routing, longest)), Ours);
        yield return ("4: the longest header without its last byte", Frame(Ipv6(Host6, Host6, Routing, longest[..^1])), Hosts);
        yield return ("4: a header cut off", Frame(Ipv6(Host6, Host6, Routing, [Frames.Gre])), Hosts);
        yield return ("4: a header cut off, to a VIP", Frame(Ipv6(Host6, Vip6, Routing, [Frames.Gre])), Ours);
    }
}
