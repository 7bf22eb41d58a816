using System.Net;
using Dataplane.Tests.Ports;
using RustyRail.Dataplane.Host.Decap;
using RustyRail.Dataplane.Host.Decap.Xdp;
using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports.Xdp;

namespace Dataplane.Tests.Host.Decap.Xdp;

public sealed class DecapProgramTests
{
    [SkippableFact]
    public void Every_form_and_defect_ends_as_it_must_and_is_counted()
    {
        using DecapBench bench = new(from: DecapBench.Balancers);
        List<string> wrong = [];
        foreach (DecapCase one in DecapCases.All)
        {
            (uint verdict, DecapReason? counted, byte[] frame) = bench.Run(one.Frame);
            bool isPassed = one.Outcome is null or DecapReason.Delivered or DecapReason.SourceNotAllowed;
            byte[] expected = one.Result ?? one.Frame;
            if (counted != one.Outcome) wrong.Add($"{one}: counted {counted}, not {one.Outcome}");
            else if (verdict != (isPassed ? XdpAbi.XDP_PASS : XdpAbi.XDP_DROP)) wrong.Add($"{one}: verdict {verdict}");
            else if (!expected.AsSpan().SequenceEqual(frame)) wrong.Add($"{one}:\n{Convert.ToHexString(frame)}, not\n{Convert.ToHexString(expected)}");
        }

        Assert.Empty(wrong);
    }

    [SkippableFact]
    public void Only_the_accepted_forms_are_taken()
    {
        foreach (DecapForms accepted in (DecapForms[])[DecapForms.Gre, DecapForms.Ipip, DecapForms.Gue, DecapForms.Gre | DecapForms.Gue])
        {
            using DecapBench bench = new(accepted, from: DecapBench.Balancers);
            foreach (TunnelFrame frame in DecapCases.Forms())
            {
                bool isTaken = (accepted & frame.Form) != 0;
                (uint verdict, DecapReason? counted, byte[] result) = bench.Run(frame.Build());
                Assert.Equal((uint)XdpAbi.XDP_PASS, verdict);
                Assert.Equal(isTaken ? DecapReason.Delivered : null, counted);
                Assert.Equal(isTaken ? [.. frame.InnerLink, .. frame.Inner] : frame.Build(), result);
            }
        }
    }

    [SkippableFact]
    public void Settings_and_sources_change_while_the_program_runs()
    {
        using DecapBench bench = new(from: DecapBench.Balancers);
        TunnelFrame gue = new(DecapForms.Gue, false, false);
        bench.Set(DecapForms.All, 5555);
        Assert.Null(bench.Run(gue.Build()).Counted);
        Assert.Equal(DecapReason.Delivered, bench.Run((gue with { GuePort = 5555 }).Build()).Counted);

        byte[] gre = new TunnelFrame(DecapForms.Gre, true, false).Build();
        AddressSet.SetSources(bench.Maps.Sources, [IPNetwork.Parse("192.168.137.188/32")]);
        Assert.Equal(DecapReason.SourceNotAllowed, bench.Run(gre).Counted);
        AddressSet.SetSources(bench.Maps.Sources, [IPNetwork.Parse("2001:db8:137::188/128")]);
        Assert.Equal(DecapReason.Delivered, bench.Run(gre).Counted);
        Assert.Equal(DecapReason.SourceNotAllowed, bench.Run((gue with { GuePort = 5555 }).Build()).Counted);
    }

    [SkippableFact]
    public void Without_prefixes_every_source_of_both_families_may_send()
    {
        using DecapBench bench = new();
        foreach (TunnelFrame frame in DecapCases.Forms())
            Assert.Equal(DecapReason.Delivered, bench.Run((frame with { From = frame.OverIpv6 ? "2400::1" : "203.0.113.9" }).Build()).Counted);
    }

    [SkippableFact]
    public void A_prefix_of_one_family_never_answers_for_the_other()
    {
        using DecapBench bench = new(from: [IPNetwork.Parse("::/0")]);
        Assert.Equal(DecapReason.SourceNotAllowed, bench.Run(new TunnelFrame(DecapForms.Gre, false, false).Build()).Counted);
        Assert.Equal(DecapReason.Delivered, bench.Run(new TunnelFrame(DecapForms.Gre, true, false).Build()).Counted);
    }

    // The same packets through both ways: whatever single byte is changed, they agree, or the kernel would not have handed the packet over.
    [SkippableFact]
    public void Both_ways_judge_alike_whichever_byte_is_wrong()
    {
        using DecapBench bench = new(from: DecapBench.Balancers);
        SocketBench sockets = new();
        int compared = 0;
        foreach (TunnelFrame frame in DecapCases.Forms().Where(frame => !frame.OverIpv6 && frame.Form != DecapForms.Gue))
        {
            byte[] whole = (frame with { Ipv4Options = [1, 1, 1, 1], GreFlags = 0xB000, GreOptions = new byte[12], PayloadBytes = 5 }).Build();
            for (int at = 14; at < whole.Length; at++)
            {
                for (int bit = 0; bit < 8; bit++)
                {
                    byte[] damaged = [.. whole];
                    damaged[at] ^= (byte)(1 << bit);
                    (_, DecapReason? counted, byte[] result) = bench.Run(damaged);
                    // Version, header length, protocol, destination, and GRE's protocol type decide whose it is.
                    if (counted is null) Assert.True(at is 14 or 23 or (>= 30 and < 34) or 40 or 41, $"{frame}, byte {at}: passed");
                    if (counted is null || at == 23) continue;
                    compared++;
                    (DecapReason outcome, byte[] inner) = sockets.Decapsulate(damaged);
                    Assert.True(outcome == counted, $"{frame}, byte {at}, bit {bit}: {counted} in the driver, {outcome} by sockets");
                    if (outcome == DecapReason.Delivered) Assert.Equal(inner, result[14..(14 + inner.Length)]);
                }
            }
        }

        Assert.True(compared > 2000, $"only {compared} compared");
    }

    [SkippableFact]
    public void Counts_are_of_all_processors()
    {
        Assert.Equal(5, DecapCounts.CountProcessors("0-3,8\n"));
        Assert.Equal(1, DecapCounts.CountProcessors("0"));
        using DecapBench bench = new(from: DecapBench.Balancers);
        byte[] frame = new TunnelFrame(DecapForms.Gre, false, false).Build();
        Parallel.For(0, 64, _ => bench.Feed(frame));
        Assert.Equal("received 64, delivered 64, dropped 0", bench.Counters.ToString());
    }

    [Fact]
    public void The_name_tells_the_version_and_fits_into_the_kernels_field()
    {
        Assert.Matches("^rr_decap_[0-9a-f]{5}$", DecapProgram.Name);
        Assert.True(DecapProgram.Name.Length < BpfAbi.BPF_OBJ_NAME_LEN);
        Assert.All(DecapMaps.Shapes, shape => Assert.True(shape.Name.Length < BpfAbi.BPF_OBJ_NAME_LEN));
    }

    [Fact]
    public void There_is_room_for_every_reason() => Assert.True(Enum.GetValues<DecapReason>().Length * sizeof(long) <= DecapMaps.CountBytes);
}
