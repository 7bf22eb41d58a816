namespace Dataplane.Tests.Ports.Xdp;

/// <summary>Whatever arrives: what the program in the kernel does with it is what the rules say.</summary>
public sealed class AnyFrameSteeringTests
{
    private const int FramesEach = 100_000;

    [SkippableTheory]
    [InlineData]
    [InlineData("0.0.0.0/0")]
    [InlineData("::/0")]
    [InlineData("0.0.0.0/0", "::/0")]
    public void The_program_and_the_rules_agree_on_any_frame(params string[] catchAlls)
    {
        string[] networks = [.. SteeringCases.Vips, .. catchAlls];
        using SteeringBench bench = new(SteeringBench.Prefixes(networks));
        SteeringRules rules = new(networks);
        int seed = Random.Shared.Next();
        AnySteeredFrame any = new(seed);
        Dictionary<string, int> reached = [];
        for (int i = 0; i < FramesEach; i++)
        {
            byte[] frame = any.Next();
            (string rule, bool isOurs) = rules.Of(frame);
            string verdict = bench.Verdict(frame);
            if (verdict != (isOurs ? "redirect" : "pass")) Assert.Fail($"{verdict}, but {rule} (seed {seed}, frame {i}): {Convert.ToHexStringLower(frame)}");
            reached[rule] = reached.GetValueOrDefault(rule) + 1;
        }

        // The frames are worth something only if they reach every rule.
        string[] missed = [.. Reachable(catchAlls.Length).Where(rule => reached.GetValueOrDefault(rule) < 20)];
        Assert.True(missed.Length == 0, $"hardly reached: {string.Join("; ", missed)} (seed {seed})");
    }

    private static IEnumerable<string> Reachable(int catchAlls)
    {
        string[] byDestination =
        [
            "4: later IPv4 fragment", "4: chain too long", "4: chain cut off", "4: chain without GRE", "4: another type inside", "5: IPv4", "5: IPv6",
            .. catchAlls < 2 ? (string[])["4: no VIP inside"] : [],
        ];
        return
        [
            "1: another station", "2: third tag", "2: tag cut off", "2: another type behind 0 tags", "2: another type behind 1 tags", "2: another type behind 2 tags",
            "5: neighbour discovery", "4: GRE cut off", "4: version", "4: flag bits", "4: VIP inside", .. catchAlls > 0 ? (string[])["4: catch-all"] : [],
            .. from place in (string[])["3: outer", "4: inner"]
               from defect in (string[])["IPv4 cut off", "IPv4 version", "IPv4 header length", "IPv4 options cut off", "IPv6 cut off", "IPv6 version"]
               select $"{place} {defect}",
            .. from rule in byDestination from destination in (string[])["a VIP", "another"] select $"{rule}, to {destination}",
        ];
    }
}
