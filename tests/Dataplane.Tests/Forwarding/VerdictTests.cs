using RustyRail.Contract.Region;
using RustyRail.Dataplane.Forwarding;
using RustyRail.Tests.Support.Packets;
using RustyRail.Tests.Support.Regions;
using static Dataplane.Tests.Forwarding.Traffic;

namespace Dataplane.Tests.Forwarding;

/// <summary>The rules of docs/design/packet-classes.md, one by one. Whatever is not forwarded leaves unchanged.</summary>
public sealed class VerdictTests : IDisposable
{
    private readonly TestBalancer _balancer = TestBalancer.WithWeb();

    public static TheoryData<string> Cases => [.. Table.Keys.Order()];

    private static readonly Dictionary<string, (PacketBuilder Packet, Verdict Verdict, Reason Reason)> Table = new()
    {
        // 1. Ethernet.
        ["ARP"] = (PacketBuilder.Ethernet(type: 0x0806).PayloadOf(28), Verdict.Host, Reason.NoService),
        ["IPv6 of another version"] = (PacketBuilder.Ethernet(type: 0x86DD).PayloadOf(60), Verdict.Dropped, Reason.BadHeader),
        ["VLAN tag"] = (PacketBuilder.Ethernet(type: 0x8100).Client4().Tcp(1, 80), Verdict.Host, Reason.NoService),

        // 2. IPv4.
        ["IP version 6"] = (PacketBuilder.Ethernet().Client4(with: ip => ip with { Version = 6 }).Tcp(1, 80), Verdict.Dropped, Reason.BadHeader),
        ["IP header of 4 words"] = (PacketBuilder.Ethernet().Client4(with: ip => ip with { HeaderWords = 4 }).Tcp(1, 80), Verdict.Dropped, Reason.BadHeader),
        ["IP header beyond the frame"] = (PacketBuilder.Ethernet().Client4(with: ip => ip with { HeaderWords = 15 }), Verdict.Dropped, Reason.Runt),

        // 3. GRE.
        ["GRE for no VIP"] = (FromRouter().Client4("10.9.9.9").Tcp(1, 80), Verdict.Host, Reason.NoService),
        ["GRE with IPv6 of another version inside"] = (FromRouter(gre: gre => gre with { ProtocolType = 0x86DD }).PayloadOf(60), Verdict.Dropped, Reason.BadHeader),
        ["GRE version 1 for PPTP"] = (FromRouter(gre: gre => gre with { ProtocolType = 0x880B, MoreFlags = 1 }).PayloadOf(60), Verdict.Host, Reason.NoService),
        ["GRE version 1 for IPv4"] = (FromRouter(gre: gre => gre with { MoreFlags = 1 }).Client4().Tcp(1, 80), Verdict.Dropped, Reason.GreUnsupported),
        ["GRE routing"] = (FromRouter(gre: gre => gre with { MoreFlags = 0x4000 }).Client4().Tcp(1, 80), Verdict.Dropped, Reason.GreUnsupported),
        ["GRE strict source route"] = (FromRouter(gre: gre => gre with { MoreFlags = 0x0800 }).Client4().Tcp(1, 80), Verdict.Dropped, Reason.GreUnsupported),
        ["GRE recursion"] = (FromRouter(gre: gre => gre with { MoreFlags = 0x0400 }).Client4().Tcp(1, 80), Verdict.Dropped, Reason.GreUnsupported),
        ["GRE reserved bits 6 to 12"] = (FromRouter(gre: gre => gre with { MoreFlags = 0x03F8 }).Client4().Tcp(1, 80), Verdict.Forwarded, Reason.None),
        ["later fragment of GRE"] = (FromRouter(ip => ip with { FragmentField = 5 }).Client4().Tcp(1, 80), Verdict.Host, Reason.NoService),
        ["first fragment of GRE"] = (FromRouter(ip => ip with { FragmentField = Ipv4Layer.MoreFragments }).Client4().Tcp(1, 80), Verdict.Dropped, Reason.FragmentUnknown),
        ["inner version 6"] = (FromRouter().Client4(with: ip => ip with { Version = 6 }).Tcp(1, 80), Verdict.Dropped, Reason.BadHeader),
        ["inner header of 0 words"] = (FromRouter().Client4(with: ip => ip with { HeaderWords = 0 }).Tcp(1, 80), Verdict.Dropped, Reason.BadHeader),
        ["inner header beyond the frame"] = (FromRouter().Client4(with: ip => ip with { HeaderWords = 15 }), Verdict.Dropped, Reason.Runt),
        ["GRE without an inner packet"] = (FromRouter(), Verdict.Dropped, Reason.Runt),
        ["GRE whose options pass the frame"] = (FromRouter(gre: gre => gre with { MoreFlags = 0xB000 }), Verdict.Dropped, Reason.Runt),
        ["GRE to the VIP itself, for another one inside"] = (PacketBuilder.Ethernet().Client4().Gre().Client4("10.9.9.9").Tcp(1, 80), Verdict.Host, Reason.NoService),
        ["GRE in GRE"] = (FromRouter().Client4().Gre().Client4("10.9.9.9").Tcp(1, 80), Verdict.Host, Reason.NoService),

        // 4. Plain.
        ["TCP for another host"] = (PlainTcp(destination: "192.168.137.188"), Verdict.Host, Reason.NoService),
        ["TCP for a VIP"] = (PlainTcp(), Verdict.Forwarded, Reason.None),
        ["other port of a VIP"] = (PacketBuilder.Ethernet().Client4().Tcp(1, 443), Verdict.Host, Reason.NoService),
        ["echo to a VIP"] = (PacketBuilder.Ethernet().Client4().Icmp(), Verdict.Answered, Reason.Echo),
        ["other ICMP to a VIP"] = (PacketBuilder.Ethernet().Client4().Icmp(type: 13), Verdict.Host, Reason.NoService),
        ["unknown protocol of a VIP"] = (PacketBuilder.Ethernet().Client4(with: ip => ip with { Protocol = 50 }).PayloadOf(8), Verdict.Host, Reason.NoService),

        // Judged because it is ours.
        ["total length beyond the frame"] = (PacketBuilder.Ethernet().Client4(with: ip => ip with { TotalLength = 41 }).Tcp(1, 80), Verdict.Dropped, Reason.BadLength),
        ["total length below the header"] = (PacketBuilder.Ethernet().Client4(with: ip => ip with { TotalLength = 19 }).Tcp(1, 80), Verdict.Dropped, Reason.BadLength),
        ["wrong header checksum"] = (PacketBuilder.Ethernet().Client4(with: ip => ip with { ChecksumError = 1 }).Tcp(1, 80), Verdict.Dropped, Reason.BadChecksum),
        ["wrong checksum, other port"] = (PacketBuilder.Ethernet().Client4(with: ip => ip with { ChecksumError = 1 }).Tcp(1, 81), Verdict.Dropped, Reason.BadChecksum),
        ["wrong checksum, another host"] = (PacketBuilder.Ethernet().Client4("10.9.9.9", with: ip => ip with { ChecksumError = 1 }).Tcp(1, 80), Verdict.Host, Reason.NoService),
        ["wrong outer checksum"] = (FromRouter(ip => ip with { ChecksumError = 256 }).Client4().Tcp(1, 80), Verdict.Dropped, Reason.BadChecksum),
        ["wrong inner checksum"] = (FromRouter().Client4(with: ip => ip with { ChecksumError = 9 }).Tcp(1, 80), Verdict.Dropped, Reason.BadChecksum),
        ["right GRE checksum"] = (FromRouter(gre: gre => gre with { HasChecksum = true }).Client4().Tcp(1, 80).PayloadOf(3), Verdict.Forwarded, Reason.None),
        ["wrong GRE checksum"] = (FromRouter(gre: gre => gre with { HasChecksum = true, ChecksumError = 1 }).Client4().Tcp(1, 80), Verdict.Dropped, Reason.BadChecksum),
        ["outer length beyond the frame"] = (FromRouter(ip => ip with { TotalLength = 1400 }).Client4().Tcp(1, 80), Verdict.Dropped, Reason.BadLength),
        ["outer length short of the inner"] = (FromRouter(ip => ip with { TotalLength = 63 }).Client4().Tcp(1, 80), Verdict.Dropped, Reason.BadLength),
        ["outer length inside the GRE header"] = (FromRouter(ip => ip with { TotalLength = 22 }).Client4().Tcp(1, 80), Verdict.Dropped, Reason.BadLength),
        ["inner length beyond the outer"] = (FromRouter().Client4(with: ip => ip with { TotalLength = 41 }).Tcp(1, 80), Verdict.Dropped, Reason.BadLength),
        ["inner length below its header"] = (FromRouter().Client4(with: ip => ip with { TotalLength = 8 }).Tcp(1, 80), Verdict.Dropped, Reason.BadLength),
        ["wrong TCP checksum is the backend's to find"] = (PacketBuilder.Ethernet().Client4().Tcp(1, 80, with: tcp => tcp with { ChecksumError = 1 }), Verdict.Forwarded, Reason.None),

        // Transport.
        ["TCP header of 4 words"] = (PacketBuilder.Ethernet().Client4().Tcp(1, 80, with: tcp => tcp with { HeaderWords = 4 }), Verdict.Dropped, Reason.BadHeader),
        ["TCP header beyond the packet"] = (PacketBuilder.Ethernet().Client4().Tcp(1, 80, with: tcp => tcp with { HeaderWords = 6 }), Verdict.Dropped, Reason.BadLength),
        ["TCP with 19 bytes"] = (PacketBuilder.Ethernet().Client4(with: ip => ip with { TotalLength = 39 }).Tcp(1, 80), Verdict.Dropped, Reason.Runt),
        ["TCP with no bytes"] = (PacketBuilder.Ethernet().Client4(with: ip => ip with { Protocol = 6 }), Verdict.Dropped, Reason.Runt),
        ["first fragment"] = (PacketBuilder.Ethernet().Client4(with: ip => ip with { FragmentField = Ipv4Layer.MoreFragments }).Tcp(1, 80).PayloadOf(80), Verdict.Forwarded, Reason.None),
        ["later fragment"] = (PacketBuilder.Ethernet().Client4(with: ip => ip with { FragmentField = 3, Protocol = 6 }).PayloadOf(80), Verdict.Forwarded, Reason.None),
        ["later fragment of a protocol without a service"] = (PacketBuilder.Ethernet().Client4(with: ip => ip with { FragmentField = 3, Protocol = 17 }).PayloadOf(80), Verdict.Dropped, Reason.FragmentUnknown),
        ["later inner fragment"] = (FromRouter().Client4(with: ip => ip with { FragmentField = 3, Protocol = 6 }).PayloadOf(80), Verdict.Forwarded, Reason.None),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_class_of_packet_has_its_verdict(string name)
    {
        (PacketBuilder packet, Verdict verdict, Reason reason) = Table[name];
        byte[] frame = packet.Build();
        Outcome outcome = _balancer.Send(frame);
        Assert.Equal((verdict, reason), (outcome.Verdict, outcome.Reason));
        if (verdict is Verdict.Host or Verdict.Dropped) Assert.Equal(frame, outcome.Bytes);
        AssertCountedOnce(verdict, reason);
    }

    [Fact]
    public void A_frame_cut_off_anywhere_is_dropped_with_a_reason()
    {
        foreach (PacketBuilder packet in new[] { PlainTcp(), RouterTcp(), FromRouter(gre: gre => gre with { HasChecksum = true, Key = 1 }).Client4().Tcp(1, 80).PayloadOf(5) })
        {
            byte[] frame = packet.Build();
            for (int length = 0; length < frame.Length; length++)
            {
                Outcome outcome = _balancer.Send(frame[..length]);
                Assert.Equal(Verdict.Dropped, outcome.Verdict);
                Assert.Contains(outcome.Reason, new[] { Reason.Runt, Reason.BadLength });
                Assert.Equal(frame[..length], outcome.Bytes);
            }

            Assert.Equal(Verdict.Forwarded, _balancer.Send(frame).Verdict);
        }
    }

    [Theory]
    [InlineData(7, null, "runt")]
    [InlineData(8, null, "none")]
    [InlineData(20, 7, "badLength")]
    [InlineData(20, 8, "none")]
    [InlineData(20, 20, "none")]
    [InlineData(20, 21, "badLength")]
    public void UDP_lengths_are_judged(int datagramBytes, int? stated, string expected)
    {
        _balancer.Catalogue.Service("dns", Vip, RustyRail.Contract.Specification.Protocol.Udp, new(53, 53));
        _balancer.Publish();
        int total = 20 + datagramBytes;
        Outcome outcome = _balancer.Send(PacketBuilder.Ethernet().Client4(with: ip => ip with { TotalLength = total })
            .Udp(9, 53, udp => udp with { Length = stated ?? datagramBytes }).PayloadOf(12));
        Assert.Equal(expected, outcome.Reason.Name());
    }

    [Fact]
    public void A_short_ICMP_message_is_a_runt()
    {
        _balancer.Catalogue.Service("ping", "10.1.0.2", RustyRail.Contract.Specification.Protocol.Icmp, RustyRail.Contract.Specification.PortRange.Any);
        _balancer.Publish();
        Assert.Equal(Reason.Runt, _balancer.Send(PacketBuilder.Ethernet().Client4("10.1.0.2", with: ip => ip with { Protocol = 1 }).PayloadOf(7)).Reason);
        Assert.Equal(Verdict.Forwarded, _balancer.Send(PacketBuilder.Ethernet().Client4("10.1.0.2").Icmp()).Verdict);
    }

    [Theory]
    [InlineData("02:00:00:00:00:01", "forwarded")]
    [InlineData("02:00:00:00:00:99", "host")]
    [InlineData("ff:ff:ff:ff:ff:ff", "host")]
    public void Frames_for_other_stations_are_left_alone(string destination, string verdict)
    {
        using TestBalancer balancer = new(deviceMac: 0x0100_0000_0002);
        balancer.Catalogue.Service("web", Vip).Backends(1);
        balancer.Publish();
        Assert.Equal(verdict, balancer.Send(PacketBuilder.Ethernet(destination).Client4().Tcp(1, 80)).Verdict.Name());
    }

    [Fact]
    public void Before_anything_is_published_all_is_the_hosts()
    {
        using TestBalancer balancer = new();
        foreach (byte[] frame in new[] { PlainTcp().Build(), RouterTcp().Build(), [1, 2, 3], PacketBuilder.Ethernet().Client4(with: ip => ip with { Version = 7 }).Build() })
        {
            Outcome outcome = balancer.Send(frame);
            Assert.Equal((Verdict.Host, Reason.NoService), (outcome.Verdict, outcome.Reason));
        }
    }

    public void Dispose() => _balancer.Dispose();

    private unsafe void AssertCountedOnce(Verdict verdict, Reason reason)
    {
        WorkerCounterBlock totals = _balancer.Totals;
        Assert.Equal(1ul, totals.Received);
        ulong[] byVerdict = [totals.Forwarded, totals.Host, totals.Answered, totals.Dropped];
        for (int i = 0; i < byVerdict.Length; i++) Assert.Equal(i == (int)verdict ? 1ul : 0, byVerdict[i]);
        for (int i = 0; i < ReasonNames.Count; i++) Assert.Equal(i == (int)reason && reason != Reason.None ? 1ul : 0, totals.Reasons[i]);
    }
}
