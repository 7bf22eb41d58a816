using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports.Xdp;
using Xunit.Abstractions;

namespace Dataplane.Tests.Ports.Xdp;

/// <summary>Every rule of the section "Whose", on frames whose verdict was put down by hand and on all their beginnings.</summary>
public sealed class SteeringCodeTests(ITestOutputHelper output)
{
    private const int CostRuns = 12;

    [SkippableFact]
    public void Every_case_goes_where_the_rules_say()
    {
        using SteeringBench bench = new(SteeringBench.Prefixes(SteeringCases.Vips));
        (string Name, byte[] Frame, bool IsOurs)[] cases = [.. SteeringCases.All()];
        Assert.True(cases.Length >= 80);
        Assert.Empty(cases.Where(c => bench.Verdict(c.Frame) != Word(c.IsOurs)).Select(c => $"{c.Name}: not {Word(c.IsOurs)}"));
    }

    // The reference judges a hundred thousand frames that nobody has put down; here it is judged itself.
    [Fact]
    public void The_reference_says_of_every_case_what_the_rules_say()
    {
        SteeringRules rules = new(SteeringCases.Vips);
        Assert.Empty(SteeringCases.All().Where(c => rules.Of(c.Frame).IsOurs != c.IsOurs).Select(c => $"{c.Name}: {rules.Of(c.Frame).Rule}"));
    }

    [SkippableFact]
    public void What_a_frame_cuts_off_never_changes_its_owner_unless_the_rules_say_so()
    {
        using SteeringBench bench = new(SteeringBench.Prefixes(SteeringCases.Vips));
        SteeringRules rules = new(SteeringCases.Vips);
        foreach ((string name, byte[] whole, _) in SteeringCases.All())
        {
            for (int length = Frames.Ethernet; length <= Math.Min(whole.Length, 200); length++)
            {
                (string rule, bool isOurs) = rules.Of(whole.AsSpan(0, length));
                if (bench.Verdict(whole.AsSpan(0, length)) != Word(isOurs)) Assert.Fail($"{name}, {length} bytes: not {Word(isOurs)}, {rule}");
            }
        }
    }

    [SkippableFact]
    public void A_catch_all_is_for_its_own_family_inside_gre()
    {
        foreach (string[] catchAlls in (string[][])[["0.0.0.0/0"], ["::/0"], ["0.0.0.0/0", "::/0"]])
        {
            using SteeringBench bench = new(SteeringBench.Prefixes([.. SteeringCases.Vips, .. catchAlls]));
            foreach (string other in (string[])[SteeringCases.Other4, SteeringCases.Other6, SteeringCases.Mapped])
            {
                string expected = Word(catchAlls.Contains(other.Contains(':', StringComparison.Ordinal) ? "::/0" : "0.0.0.0/0"));
                byte[] packet = WireBytes.To(other);
                Assert.Equal(expected, bench.Verdict(WireBytes.Frame(WireBytes.Gre(packet).In4())));
                Assert.Equal(expected, bench.Verdict(WireBytes.Frame(WireBytes.Gre(packet, 0xB000).In6(SteeringCases.Host6, WireBytes.Routing))));
                Assert.Equal("pass", bench.Verdict(WireBytes.Frame(packet)));
                Assert.Equal("pass", bench.Verdict(WireBytes.Frame(WireBytes.Gre(packet).In4(fragment: 1))));
            }
        }
    }

    // Most of it is the kernel's own: the trie and the call around the program. So the measure is a program that asks the trie once and does
    // nothing else, on the same processor at the same time; 12 ns where the cases take 16-30.
    [SkippableFact]
    public void The_ordinary_cases_cost_little_more_than_the_tries_answer()
    {
        using SteeringBench bench = new(SteeringBench.Prefixes(SteeringCases.Vips));
        using BpfMap vips = BpfMap.Create(new BpfMapShape("rr_vips", BpfAbi.BPF_MAP_TYPE_LPM_TRIE, VipKey.Bytes, 4, VipSet.Capacity, BpfAbi.BPF_F_NO_PREALLOC));
        new VipSet(vips).Set(SteeringBench.Prefixes(SteeringCases.Vips));
        using BpfProgram measure = OneLookUp(vips);
        (string Name, byte[] Frame)[] cases =
        [
            ("plain IPv4 to a VIP", WireBytes.Frame(WireBytes.To(SteeringCases.Vip4))),
            ("plain IPv4 to the host", WireBytes.Frame(WireBytes.To(SteeringCases.Host4))),
            ("IPv4 in GRE over IPv4", WireBytes.Frame(WireBytes.Gre(WireBytes.To(SteeringCases.Vip4)).In4())),
            ("IPv4 in GRE over IPv4, no VIP", WireBytes.Frame(WireBytes.Gre(WireBytes.To(SteeringCases.Other4)).In4())),
            ("plain IPv6 to a VIP", WireBytes.Frame(WireBytes.To(SteeringCases.Vip6))),
            ("IPv6 in GRE over IPv6, four headers, two tags", WireBytes.Frame(WireBytes.Gre(WireBytes.To(SteeringCases.Vip6)).In6(SteeringCases.Host6, 0, 43, 60, 60), 0x88A8, 0x8100)),
        ];
        foreach ((string name, byte[] frame) in cases)
        {
            uint least = Least(measure.Fd, frame), cost = Least(bench.Program.Fd, frame);
            output.WriteLine($"{name}: {cost} ns, the measure {least} ns");
            Assert.InRange(cost, 0u, 6 * least);
        }
    }

    private static uint Least(int programFd, byte[] frame) => Enumerable.Range(0, CostRuns).Min(_ => ProgramRun.Cost(programFd, frame, runs: 50_000));

    private static BpfProgram OneLookUp(BpfMap vips)
    {
        BpfAssembler code = new();
        code.Move(Register.R6, Register.R1);
        code.Load(Width.Bits32, Register.R7, Register.R6, 0);
        code.Load(Width.Bits32, Register.R8, Register.R6, 4);
        FrameSteps.RequireBytes(code, Register.R7, 20, FrameSteps.Hosts);
        VipLookUp.Ipv4(code, vips.Fd, VipKind.PlainIpv4, Register.R7);
        code.Label(FrameSteps.Hosts);
        code.Move(Register.R0, XdpAbi.XDP_PASS);
        code.Exit();
        return BpfProgram.LoadXdp(code.Assemble(), "measure");
    }

    private static string Word(bool isOurs) => isOurs ? "redirect" : "pass";
}
