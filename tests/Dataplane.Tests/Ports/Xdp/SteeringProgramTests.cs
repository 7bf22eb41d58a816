using RustyRail.Dataplane.Ports.Xdp;

namespace Dataplane.Tests.Ports.Xdp;

public sealed class SteeringProgramTests
{
    private const string Vip = "10.1.0.1", InVipNetwork = "10.2.3.200", Other = "10.9.0.1", Host = "192.168.137.188";

    private static readonly VipPrefix[] _vips = [new(0x0A010001, 32), new(0x0A020300, 24)];

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
            for (int flags = 0; flags < 16; flags++)
            {
                byte[] gre = Frames.GreHeader((byte)((flags & 8) * 0x10 | (flags & 4) * 8 | (flags & 2) * 8 | (flags & 1) * 8));
                Assert.Equal("redirect", bench.Verdict(Frames.RouterGre(Vip, gre, ihl: ihl)));
                Assert.Equal("pass", bench.Verdict(Frames.RouterGre(Other, gre, ihl: ihl)));
            }
        }
    }

    [SkippableFact]
    public void Gre_for_a_vip_never_reaches_the_kernel_whatever_its_version()
    {
        using SteeringBench bench = new(_vips);
        for (int version = 0; version < 8; version++)
        {
            foreach (int acknowledgement in (int[])[0, 0x80])
            {
                byte[] gre = Frames.GreHeader(0x30, (byte)(acknowledgement | version));
                Assert.Equal("redirect", bench.Verdict(Frames.RouterGre(Vip, gre)));
                Assert.Equal("pass", bench.Verdict(Frames.RouterGre(Other, gre)));
            }
        }
    }

    [SkippableTheory]
    [InlineData("00000000", "redirect")]
    [InlineData("0800010401020304" + "00000000", "redirect")]
    [InlineData("0800010401020304" + "0800010401020304" + "0800010401020304" + "00000000", "redirect")]
    [InlineData("0800010401020304" + "0800010401020304" + "0800010401020304" + "0800010401020304" + "00000000", "pass")] // a longer list is the kernel's
    public void Source_routes_of_gre_are_stepped_over(string routes, string expected)
    {
        using SteeringBench bench = new(_vips);
        byte[] gre = Frames.GreHeader(0x40, routes: Convert.FromHexString(routes));
        Assert.Equal(expected, bench.Verdict(Frames.RouterGre(Vip, gre)));
        Assert.Equal("pass", bench.Verdict(Frames.RouterGre(Other, gre)));
    }

    [SkippableFact]
    public void Pptp_and_gre_with_another_payload_are_the_kernels()
    {
        using SteeringBench bench = new([.. _vips, VipPrefix.EveryGre]);
        Assert.Equal("pass", bench.Verdict(Frames.RouterGre(Vip, Frames.GreHeader(0x30, 0x81, protocol: 0x880B))));
        Assert.Equal("pass", bench.Verdict(Frames.RouterGre(Vip, Frames.GreHeader(0, protocol: 0x86DD))));
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
        Assert.Equal("redirect", bench.Verdict(Frames.RouterGre(Other, Frames.GreHeader(0, protocol: 0x86DD), outerDestination: Vip)));
    }

    [SkippableFact]
    public void A_frame_that_ends_before_the_inner_destination_is_the_kernels_at_every_length()
    {
        using SteeringBench bench = new(_vips);
        byte[] whole = Frames.RouterGre(Vip, Frames.GreHeader(0xB0), ihl: 7);
        int enough = Frames.Ethernet + 28 + 16 + Frames.Ipv4;
        for (int length = Frames.Ethernet; length <= whole.Length; length++)
            Assert.Equal(length < enough ? "pass" : "redirect", bench.Verdict(whole[..length]));
    }

    [SkippableFact]
    public void A_plain_frame_that_ends_before_its_destination_is_the_kernels_at_every_length()
    {
        using SteeringBench bench = new(_vips);
        byte[] whole = Frames.Plain(Vip);
        for (int length = Frames.Ethernet; length <= whole.Length; length++)
            Assert.Equal(length < Frames.Ethernet + Frames.Ipv4 ? "pass" : "redirect", bench.Verdict(whole[..length]));
    }

    [SkippableFact]
    public void Other_protocols_and_damaged_headers_are_the_kernels()
    {
        using SteeringBench bench = new([.. _vips, VipPrefix.EveryGre, new VipPrefix(0, 0)]);
        byte[] ip = Frames.Ip("10.0.0.7", Vip, Frames.Tcp, new byte[20]);
        foreach (ushort type in (ushort[])[0x0806, 0x86DD, 0x8100, 0x88A8, 0x8847, 0x0008]) Assert.Equal("pass", bench.Verdict(Frames.Eth(ip, type)));
        foreach (byte first in (byte[])[0x44, 0x40, 0x55, 0x65, 0x05])
        {
            byte[] damaged = Frames.Plain(Vip);
            damaged[Frames.Ethernet] = first;
            Assert.Equal("pass", bench.Verdict(damaged));
        }
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
        using SteeringBench bench = new(VipPrefix.EveryGre);
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
        bench.Program.Vips.Set([new VipPrefix(0x0A020300, 24), new VipPrefix(0x0A090001, 32, GreOnly: true)]);
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
