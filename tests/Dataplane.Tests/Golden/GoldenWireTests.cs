using RustyRail.Tests.Support.Golden;

namespace Dataplane.Tests.Golden;

/// <summary>The table over a cable, through the XDP program and an AF_XDP socket: what comes out, or what the host gets.</summary>
[Collection(Alone.Name)]
public sealed class GoldenWireTests
{
    private const int EthernetBytes = 14;

    public static TheoryData<string> Catalogues => [.. GoldenTable.Catalogues.Select(catalogue => catalogue.Name)];

    [SkippableTheory]
    [MemberData(nameof(Catalogues))]
    public void Live_as_the_table_says(string name)
    {
        GoldenCatalogue catalogue = GoldenTable.Catalogues.Single(one => one.Name == name);
        using GoldenWire wire = new(catalogue);
        List<string> problems = [];
        int frames = 0;
        foreach (GoldenCase one in GoldenTable.Of(catalogue))
        {
            // Shorter ones no device sends.
            if (one.Frames.Any(frame => frame.Input.Length < EthernetBytes)) continue;
            List<GoldenOutcome> before = [];
            foreach (GoldenFrame frame in one.Frames)
            {
                GoldenOutcome outcome = wire.Send(frame.Input);
                if (outcome.Problem(frame, before) is { } problem) problems.Add($"{one}: {problem}");
                before.Add(outcome);
                frames++;
            }
        }

        Assert.True(problems.Count == 0, $"{problems.Count} of {frames} frames fared otherwise:\n{string.Join('\n', problems)}");
    }
}
