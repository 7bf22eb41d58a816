using RustyRail.Dataplane.Ports.Xdp;
using Xunit.Abstractions;

namespace Dataplane.Tests.Ports.Xdp;

/// <summary>Every rule of the section "Whose", on frames whose verdict was put down by hand and on all their beginnings.</summary>
public sealed class SteeringCodeTests(ITestOutputHelper output)
{
    private const int CostRuns = 1_000_000;

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

    // 20-40 ns on an idle processor of 2 GHz. The bound is for a busy one: it is there for a program that has lost its measure.
    [SkippableFact]
    public void The_ordinary_cases_are_cheap()
    {
        using SteeringBench bench = new(SteeringBench.Prefixes(SteeringCases.Vips));
        (string Name, byte[] Frame)[] cases =
        [
            ("plain IPv4 to a VIP", WireBytes.Frame(WireBytes.To(SteeringCases.Vip4))),
            ("plain IPv4 to the host", WireBytes.Frame(WireBytes.To(SteeringCases.Host4))),
            ("IPv4 in GRE over IPv4", WireBytes.Frame(WireBytes.Gre(WireBytes.To(SteeringCases.Vip4)).In4())),
            ("IPv4 in GRE over IPv4, no VIP", WireBytes.Frame(WireBytes.Gre(WireBytes.To(SteeringCases.Other4)).In4())),
            ("plain IPv6 to a VIP", WireBytes.Frame(WireBytes.To(SteeringCases.Vip6))),
            ("IPv6 in GRE over IPv6, four headers", WireBytes.Frame(WireBytes.Gre(WireBytes.To(SteeringCases.Vip6)).In6(SteeringCases.Host6, 0, 43, 60, 60), 0x88A8, 0x8100)),
        ];
        foreach ((string name, byte[] frame) in cases)
        {
            uint cost = Enumerable.Range(0, 5).Min(_ => ProgramRun.Cost(bench.Program.Fd, frame, CostRuns / 5));
            output.WriteLine($"{name}: {cost} ns");
            Assert.InRange(cost, 0u, 300u);
        }
    }

    private static string Word(bool isOurs) => isOurs ? "redirect" : "pass";
}
