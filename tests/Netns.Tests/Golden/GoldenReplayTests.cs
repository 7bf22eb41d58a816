using System.Text.Json;
using Netns.Tests.Lab;
using RustyRail.Dataplane.Ports.Pcap;
using RustyRail.Tests.Support.Golden;
using Xunit.Abstractions;

namespace Netns.Tests.Golden;

/// <summary>The table through <c>rustyrail-dataplane replay</c>, a capture for each catalogue: its lines and the capture that it writes.</summary>
public sealed class GoldenReplayTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rustyrail-golden-").FullName;

    // A replay has neither a device nor routers: the cases that are about those run elsewhere.
    public static TheoryData<string> Catalogues => [.. GoldenTable.Catalogues.Where(catalogue => catalogue.Routers.IsEmpty).Select(catalogue => catalogue.Name)];

    [SkippableTheory]
    [MemberData(nameof(Catalogues))]
    public void Replay_says_and_writes_what_the_table_says(string name)
    {
        Skip.IfNot(File.Exists(Repository.Dataplane), "out/ has no rustyrail-dataplane (run ./build.sh)");
        GoldenCatalogue catalogue = GoldenTable.Catalogues.Single(one => one.Name == name);
        GoldenCase[] cases = [.. GoldenTable.Of(catalogue).Where(one => !one.NeedsDevice)];
        GoldenOutcome[] outcomes = Replay(catalogue, [.. cases.SelectMany(one => one.Frames).Select(frame => frame.Input)]);

        List<string> problems = [];
        int next = 0;
        foreach (GoldenCase one in cases)
        {
            List<GoldenOutcome> before = [];
            foreach (GoldenFrame frame in one.Frames)
            {
                GoldenOutcome outcome = outcomes[next++];
                if (outcome.Problem(frame, before) is { } problem) problems.Add($"{one}: {problem}");
                before.Add(outcome);
            }
        }

        output.WriteLine($"{name}: {outcomes.Length} frames of {cases.Length} cases");
        Assert.True(problems.Count == 0, $"{problems.Count} of {outcomes.Length} frames fared otherwise:\n{string.Join('\n', problems)}");
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private GoldenOutcome[] Replay(GoldenCatalogue catalogue, byte[][] frames)
    {
        string config = Path.Combine(_directory, "services.json"), input = Path.Combine(_directory, "in.pcap"), left = Path.Combine(_directory, "out.pcap");
        File.WriteAllText(config, catalogue.Json);
        using (PcapWriter writer = PcapWriter.Create(input))
        {
            for (int i = 0; i < frames.Length; i++) writer.Write(frames[i], i * 1000L);
        }

        string[] lines = Command.Run(Repository.Dataplane, ["replay", "--config", config, "--in", input, "--out", left, "--json"]).OrFail().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(frames.Length, lines.Length);
        using PcapReader reader = PcapReader.Open(left);
        GoldenOutcome[] outcomes = [.. lines.Select((line, index) => OutcomeOf(line, index, reader))];
        Assert.False(reader.TryRead(out _), "more frames were written than forwarded or answered");
        return outcomes;
    }

    private static GoldenOutcome OutcomeOf(string line, int index, PcapReader reader)
    {
        JsonElement json = JsonDocument.Parse(line).RootElement;
        Assert.Equal(index + 1, json.GetProperty("n").GetInt32());
        string verdict = json.GetProperty("verdict").GetString()!;
        byte[]? bytes = null;
        if (verdict is "forwarded" or "answered")
        {
            Assert.True(reader.TryRead(out PcapFrame frame), $"{verdict}, and no frame was written: {line}");
            bytes = frame.Bytes.ToArray();
        }

        return new GoldenOutcome(verdict, json.GetProperty("reason").GetString(), json.GetProperty("service").GetString(), json.GetProperty("backend").GetString(), bytes);
    }
}
