using System.Net;
using RustyRail.Dataplane.Host.Generate;
using RustyRail.Dataplane.Native;

namespace Dataplane.Tests.Host.Generate;

public sealed class ProgramsTests
{
    private static readonly GenerateOptions _usual = GenerateOptions.Usual with { Flows = 50 };

    public static TheoryData<string, string, string, bool, int> Frames()
    {
        TheoryData<string, string, string, bool, int> all = new();
        foreach (string form in (string[])["Gre", "Plain"])
        {
            foreach ((string vip, string balancer) in new[] { ("10.1.0.1", "192.168.137.188"), ("2001:db8:1::1", "192.168.137.188"), ("10.1.0.1", "2001:db8:137::188"), ("2001:db8:1::1", "2001:db8:137::188") })
            {
                foreach (bool isUdp in (bool[])[false, true])
                {
                    foreach (int more in (int[])[0, 1, 2, 301]) all.Add(form, vip, balancer, isUdp, more);
                }
            }
        }

        return all;
    }

    [SkippableTheory]
    [MemberData(nameof(Frames))]
    public void Frames_are_sound_whatever_was_in_the_page(string form, string vip, string balancer, bool isUdp, int more)
    {
        GenerateOptions options = _usual with { Form = Enum.Parse<GenerateForm>(form), Vip = new IPEndPoint(IPAddress.Parse(vip), 443), Balancer = IPAddress.Parse(balancer), IsUdp = isUdp };
        options = options with { FrameBytes = FrameTemplate.LeastBytes(options) + more };
        using TrafficBench bench = new(options);
        HashSet<(IPAddress, int)> flows = [];
        for (uint i = 0; i < 200; i++)
        {
            (uint verdict, byte[] bytes) = bench.Send();
            Assert.Equal((uint)XdpAbi.XDP_TX, verdict);
            Assert.Equal([.. TrafficBench.BalancerMac, .. TrafficBench.OwnMac], bytes[..12]);
            GeneratedFrame frame = GeneratedFrame.Read(bytes)!;
            Assert.Equal((IPAddress.Parse(vip), 443, isUdp ? 17 : 6, i), (frame.Destination, frame.DestinationPort, frame.Protocol, frame.Number));
            Assert.Equal(form == "Gre" ? IPAddress.Parse(balancer) : null, frame.OuterDestination);
            flows.Add(frame.Flow);
        }

        Assert.Equal(50, flows.Count);
    }

    [Fact]
    public void Every_flow_is_drawn_about_equally_often()
    {
        int[] drawn = new int[1000];
        for (uint i = 0; i < 100_000; i++) drawn[Stamp.FlowOf(i, drawn.Length)]++;
        Assert.All(drawn, count => Assert.InRange(count, 97, 103));
    }

    [SkippableFact]
    public void It_ends_with_the_last_packet()
    {
        using TrafficBench bench = new(_usual with { Packets = 3 });
        Assert.Equal([3u, 3u, 3u, 1u, 1u], Enumerable.Range(0, 5).Select(_ => bench.Send().Verdict));
        Assert.Equal((3ul, 1ul), (bench.Traffic.State.Made, bench.Traffic.State.Finished));
    }

    [SkippableFact]
    public void A_packet_that_is_not_due_is_not_made()
    {
        using TrafficBench bench = new(_usual with { PacketsPerSecond = 1 });
        Assert.Equal([3u, 1u, 1u], Enumerable.Range(0, 3).Select(_ => bench.Send().Verdict));
        Assert.Equal((1ul, 0ul), (bench.Traffic.State.Made, bench.Traffic.State.Finished));
    }

    [SkippableFact]
    public void What_comes_back_is_counted_and_dropped_in_whatever_form()
    {
        using TrafficBench bench = new(_usual);
        byte[] gre = bench.Send().Frame, longer = [.. new byte[50], .. bench.Send().Frame];
        byte[] plain = [.. gre[..12], .. bench.Send().Frame[36..]];
        Assert.All([gre, longer, plain], frame => Assert.Equal((uint)XdpAbi.XDP_DROP, bench.Receive(frame)));
        SinkCounts counts = bench.Traffic.Returned;
        Assert.Equal((3, gre.Length + longer.Length + plain.Length, 0), (counts.Frames, counts.TotalBytes, counts.Overtaken));
        Assert.Equal(3, counts.RoundTrips.Count);
        Assert.InRange(counts.RoundTrips.Longest, 1, 60_000_000_000);
    }

    [SkippableFact]
    public void Other_frames_are_the_kernels_also_errors_that_quote_ours()
    {
        using TrafficBench bench = new(_usual);
        byte[] frame = bench.Send().Frame, ofAnotherRun = [.. frame], icmp = [.. frame], icmp6 = [.. frame];
        ofAnotherRun[^16] ^= 1;
        icmp[23] = 1;
        (icmp6[12], icmp6[13], icmp6[20]) = (0x86, 0xDD, 58);
        Assert.All([ofAnotherRun, icmp, icmp6, new byte[14], new byte[49], new byte[60]], other => Assert.Equal((uint)XdpAbi.XDP_PASS, bench.Receive(other)));
        Assert.Equal(0, bench.Traffic.Returned.Frames);
    }

    [SkippableFact]
    public void A_frame_behind_a_later_one_of_its_flow_is_counted_as_overtaken()
    {
        using TrafficBench bench = new(_usual with { Flows = 2 });
        byte[][] frames = [.. Enumerable.Range(0, 4).Select(_ => bench.Send().Frame)];
        int[] flows = [.. frames.Select((_, i) => Stamp.FlowOf((uint)i, 2))];
        Assert.Equal([0, 1, 0, 1], flows);
        foreach (int i in (int[])[0, 3, 1, 2, 2]) bench.Receive(frames[i]);
        Assert.Equal(2, bench.Traffic.Returned.Overtaken);
    }
}
