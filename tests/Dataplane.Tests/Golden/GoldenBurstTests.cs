using RustyRail.Tests.Support.Golden;

namespace Dataplane.Tests.Golden;

/// <summary>All cases of a catalogue together: whoever is the neighbour in a batch, each has its own verdict.</summary>
public sealed class GoldenBurstTests
{
    private const int Shuffles = 20;

    public static TheoryData<string> Catalogues => [.. GoldenTable.Catalogues.Select(catalogue => catalogue.Name)];

    [Theory]
    [MemberData(nameof(Catalogues))]
    public void In_one_burst(string name)
    {
        GoldenCatalogue catalogue = GoldenTable.Catalogues.Single(one => one.Name == name);
        GoldenCase[] cases = [.. GoldenTable.Of(catalogue)];
        AssertAll(catalogue, [.. cases.SelectMany(one => Enumerable.Repeat(one, one.Frames.Count))]);
    }

    [Theory]
    [MemberData(nameof(Catalogues))]
    public void In_any_order(string name)
    {
        GoldenCatalogue catalogue = GoldenTable.Catalogues.Single(one => one.Name == name);
        GoldenCase[] turns = [.. GoldenTable.Of(catalogue).SelectMany(one => Enumerable.Repeat(one, one.Frames.Count))];
        for (int seed = 0; seed < Shuffles; seed++)
        {
            new Random(seed).Shuffle(turns);
            AssertAll(catalogue, turns);
        }
    }

    /// <param name="turns">Whose frame is next; a case's own frames keep their order.</param>
    private static void AssertAll(GoldenCatalogue catalogue, GoldenCase[] turns)
    {
        Dictionary<GoldenCase, int> sent = [];
        GoldenFrame[] frames = [.. turns.Select(one => one.Frames[(sent[one] = sent.GetValueOrDefault(one, -1) + 1)])];
        using GoldenBalancer balancer = new(catalogue);
        IReadOnlyList<GoldenOutcome> outcomes = balancer.Send([.. frames.Select(frame => frame.Input)]);
        Assert.Equal(frames.Length, outcomes.Count);
        Dictionary<GoldenCase, List<GoldenOutcome>> before = [];
        List<string> problems = [];
        for (int i = 0; i < frames.Length; i++)
        {
            if (!before.TryGetValue(turns[i], out List<GoldenOutcome>? earlier)) before[turns[i]] = earlier = [];
            if (outcomes[i].Problem(frames[i], earlier) is { } problem) problems.Add($"{turns[i]}: {problem}");
            earlier.Add(outcomes[i]);
        }

        Assert.True(problems.Count == 0, $"{problems.Count} of {frames.Length} frames fared otherwise:\n{string.Join('\n', problems)}");
    }
}
