using RustyRail.Fuzz;

namespace Property.Tests.Forwarding;

/// <summary>What the fuzzer keeps and what it does at random, in a short form: tests/Fuzz/fuzz.sh has the long ones.</summary>
public sealed class CorpusTests
{
    private const int RandomPackets = 400_000;

    [Fact]
    public void Every_case_of_the_corpus_is_as_the_rules_say()
    {
        string[] files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "corpus"));
        Assert.True(files.Length > 50, $"only {files.Length} cases");
        using FuzzCase target = new();
        foreach (string file in files)
        {
            Exception? wrong = Record.Exception(() => target.Run(File.ReadAllBytes(file)));
            Assert.True(wrong is null, $"{Path.GetFileName(file)}: {wrong}");
        }

        Assert.True(target.Frames > files.Length, "hardly any case had a frame");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Random_packets_are_as_the_rules_say(ulong seed) => new RandomRun(seed).Run(RandomPackets);
}
