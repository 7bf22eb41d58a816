using System.Net;
using RustyRail.Dataplane.Ports.Xdp;

namespace Dataplane.Tests.Ports.Xdp;

public sealed class SteeringProgramTests
{
    private const string Vip = "10.1.0.1", InVipNetwork = "10.2.3.200", Other = "10.9.0.1", Host = "192.168.137.188";

    private static readonly VipPrefix[] _vips = SteeringBench.Prefixes("10.1.0.1/32", "10.2.3.0/24");

    [SkippableTheory]
    [InlineData(Vip, "redirect")]
    [InlineData(InVipNetwork, "redirect")]
    [InlineData("10.2.4.1", "pass")]
    [InlineData(Other, "pass")]
    public void Gre_goes_by_its_inner_destination(string destination, string expected)
    {
        using SteeringBench bench = new(_vips);
        Assert.Equal(expected, bench.Verdict(Frames.RouterGre(destination)));
    }

    [SkippableTheory]
    [InlineData(Vip, "redirect")]
    [InlineData(InVipNetwork, "redirect")]
    [InlineData(Host, "pass")]
    public void Plain_packets_go_by_their_destination(string destination, string expected)
    {
        using SteeringBench bench = new(_vips);
        foreach (byte protocol in (byte[])[Frames.Icmp, Frames.Tcp, Frames.Udp, 50]) Assert.Equal(expected, bench.Verdict(Frames.Plain(destination, protocol)));
    }

    [SkippableFact]
    public void Every_header_length_and_every_combination_of_gre_options_is_stepped_over()
    {
        using SteeringBench bench = new(_vips);
        for (int ihl = 5; ihl <= 15; ihl++)
        {
            for (int flags = 0; flags < 8; flags++)
            {
                byte[] gre = Frames.GreHeader((byte)((flags & 4) * 0x20 | (flags & 2) * 0x10 | (flags & 1) * 0x10));
                Assert.Equal("redirect", bench.Verdict(Frames.RouterGre(Vip, gre, ihl: ihl)));
                Assert.Equal("pass", bench.Verdict(Frames.RouterGre(Other, gre, ihl: ihl)));
            }
        }
    }

    [SkippableFact]
    public void Gre_of_another_version_or_with_source_routes_is_redirected_to_be_counted()
    {
        using SteeringBench bench = new(_vips);
        for (int version = 1; version < 8; version++)
        {
            Assert.Equal("redirect", bench.Verdict(Frames.RouterGre(Vip, Frames.GreHeader(0, (byte)version))));
            Assert.Equal("redirect", bench.Verdict(Frames.RouterGre(Other, Frames.GreHeader(0x30, (byte)version))));
        }

        foreach (byte flags in (byte[])[0x40, 0x08, 0x04]) Assert.Equal("redirect", bench.Verdict(Frames.RouterGre(Vip, Frames.GreHeader(flags))));
        Assert.Equal("pass", bench.Verdict(Frames.RouterGre(Other, Frames.GreHeader(0x03, 0xF8)))); // bits that RFC 2784 has receivers ignore
    }

    [SkippableFact]
    public void Pptp_and_gre_with_another_payload_are_the_kernels()
    {
        using SteeringBench bench = new([.. _vips, VipPrefix.EveryIpv4Gre]);
        Assert.Equal("pass", bench.Verdict(Frames.RouterGre(Vip, Frames.GreHeader(0x30, 0x81, protocol: 0x880B))));
        Assert.Equal("pass", bench.Verdict(Frames.RouterGre(Vip, Frames.GreHeader(0, protocol: 0x6558))));
    }

    [SkippableFact]
    public void Only_a_first_fragment_has_a_gre_header()
    {
        using SteeringBench bench = new(_vips);
        const int MoreFragments = 0x2000, DontFragment = 0x4000;
        Assert.Equal("redirect", bench.Verdict(Frames.RouterGre(Vip, fragment: MoreFragments)));
        Assert.Equal("redirect", bench.Verdict(Frames.RouterGre(Vip, fragment: DontFragment)));
        Assert.Equal("pass", bench.Verdict(Frames.RouterGre(Vip, fragment: 1)));
        Assert.Equal("pass", bench.Verdict(Frames.RouterGre(Vip, fragment: MoreFragments | 0x1FFF)));

        // A later fragment that is itself addressed to a VIP is that VIP's.
        Assert.Equal("redirect", bench.Verdict(Frames.RouterGre(Other, outerDestination: Vip, fragment: 185)));
    }

    [SkippableFact]
    public void Gre_addressed_to_a_vip_is_that_vips_even_if_its_contents_are_not()
    {
        using SteeringBench bench = new(_vips);
        Assert.Equal("redirect", bench.Verdict(Frames.RouterGre(Other, outerDestination: Vip)));
        Assert.Equal("redirect", bench.Verdict(Frames.RouterGre(Other, Frames.GreHeader(0, protocol: 0x6558), outerDestination: Vip)));
    }

    [SkippableFact]
    public void Headers_that_end_early_are_redirected_to_be_counted_at_every_length()
    {
        using SteeringBench bench = new(_vips);
        foreach (byte[] whole in (byte[][])[Frames.RouterGre(Other, Frames.GreHeader(0xB0), ihl: 7), Frames.Plain(Host)])
        {
            int enough = whole[23] == 47 ? Frames.Ethernet + 28 + 16 + Frames.Ipv4 : Frames.Ethernet + Frames.Ipv4;
            for (int length = Frames.Ethernet; length <= whole.Length; length++)
                Assert.Equal(length < enough ? "redirect" : "pass", bench.Verdict(whole.AsSpan(0, length)));
        }
    }

    [SkippableFact]
    public void Ipv4_headers_that_cannot_be_are_redirected_to_be_counted()
    {
        using SteeringBench bench = new(_vips);
        foreach (byte first in (byte[])[0x44, 0x40, 0x55, 0x65, 0x05])
        {
            byte[] damaged = Frames.Plain(Host), inside = Frames.RouterGre(Other);
            damaged[Frames.Ethernet] = first;
            inside[Frames.Ethernet + Frames.Ipv4 + 4] = first;
            Assert.Equal("redirect", bench.Verdict(damaged));
            Assert.Equal("redirect", bench.Verdict(inside));
        }
    }

    [SkippableFact]
    public void Other_ethernet_types_are_the_kernels()
    {
        using SteeringBench bench = new([.. _vips, VipPrefix.EveryIpv4Gre, .. SteeringBench.Prefixes("0.0.0.0/1", "128.0.0.0/1")]);
        byte[] ip = Frames.Ip("10.0.0.7", Vip, Frames.Tcp, new byte[20]);
        foreach (ushort type in (ushort[])[0x0806, 0x8847, 0x8863, 0x9100, 0x0008]) Assert.Equal("pass", bench.Verdict(Frames.Eth(ip, type)));
    }

    [SkippableFact]
    public void Frames_for_another_station_are_the_kernels_to_ignore()
    {
        using SteeringBench bench = new(_vips);
        byte[] ip = Frames.Ip("10.0.0.7", Vip, Frames.Tcp, new byte[20]);
        byte[] oneBitOff = [.. Frames.LocalMac[..5], 0x03];
        Assert.Equal("pass", bench.Verdict(Frames.Eth(ip, destination: oneBitOff)));
        Assert.Equal("pass", bench.Verdict(Frames.Eth(ip, destination: [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])));
        bench.Program.SetOwnAddress(oneBitOff);
        Assert.Equal("redirect", bench.Verdict(Frames.Eth(ip, destination: oneBitOff)));
        Assert.Equal("pass", bench.Verdict(Frames.Eth(ip)));
    }

    [SkippableFact]
    public void The_catch_all_takes_every_gre_packet_and_no_other()
    {
        using SteeringBench bench = new(VipPrefix.EveryIpv4Gre);
        Assert.Equal("redirect", bench.Verdict(Frames.RouterGre(Vip)));
        Assert.Equal("redirect", bench.Verdict(Frames.RouterGre("203.0.113.9", Frames.GreHeader(0x20))));
        Assert.Equal("pass", bench.Verdict(Frames.Plain(Vip)));
        Assert.Equal("pass", bench.Verdict(Frames.Plain(Host)));
        Assert.Equal("pass", bench.Verdict(Frames.RouterGre(Vip, fragment: 5)));
    }

    [SkippableFact]
    public void Without_a_worker_only_the_vips_frames_are_dropped()
    {
        using SteeringBench bench = new(_vips);
        bench.CloseSocket();
        Assert.Equal("drop", bench.Verdict(Frames.RouterGre(Vip)));
        Assert.Equal("drop", bench.Verdict(Frames.Plain(Vip)));
        Assert.Equal("pass", bench.Verdict(Frames.RouterGre(Other)));
        Assert.Equal("pass", bench.Verdict(Frames.Plain(Host)));
    }

    [SkippableFact]
    public void The_set_of_vips_changes_while_the_program_runs()
    {
        using SteeringBench bench = new();
        Assert.Equal("pass", bench.Verdict(Frames.RouterGre(Vip)));
        bench.Program.Vips.Set(_vips);
        Assert.Equal("redirect", bench.Verdict(Frames.RouterGre(Vip)));
        bench.Program.Vips.Set([_vips[1], VipPrefix.Of(IPNetwork.Parse("10.9.0.1/32"), greOnly: true)]);
        Assert.Equal("pass", bench.Verdict(Frames.RouterGre(Vip)));
        Assert.Equal("redirect", bench.Verdict(Frames.RouterGre(InVipNetwork)));
        Assert.Equal("redirect", bench.Verdict(Frames.RouterGre(Other)));
        Assert.Equal("pass", bench.Verdict(Frames.Plain(Other)));
        bench.Program.Vips.Set([]);
        Assert.Equal("pass", bench.Verdict(Frames.RouterGre(InVipNetwork)));
    }

    [Fact]
    public void The_name_tells_the_version_and_fits_into_the_kernels_field()
    {
        Assert.Matches("^rustyrail_[0-9a-f]{5}$", SteeringProgram.Name);
        Assert.True(SteeringProgram.Name.Length < 16);
    }
}
