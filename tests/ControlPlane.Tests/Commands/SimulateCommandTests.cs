using System.Text.Json;
using System.Xml.Linq;
using RustyRail.ControlPlane.Commands;

namespace ControlPlane.Tests.Commands;

public sealed class SimulateCommandTests
{
    private const string Small = "--lbs 5 --backends 20 --flows 20k --table-size 2003";

    [Fact]
    public async Task The_same_seed_prints_the_same_numbers()
    {
        (int exitCode, string first, string error) = await RunAsync($"simulate {Small} --json");
        Assert.Equal(0, exitCode);
        Assert.Empty(error);
        Assert.Equal(first, (await RunAsync($"simulate {Small} --json")).Output);
        Assert.NotEqual(first, (await RunAsync($"simulate {Small} --json --seed 2")).Output);

        using JsonDocument report = JsonDocument.Parse(first);
        Assert.Equal(20, report.RootElement.GetProperty("events").GetArrayLength());
        JsonElement lastEvent = report.RootElement.GetProperty("events")[19];
        Assert.Equal("chain", lastEvent.GetProperty("event").GetString());
        Assert.Equal(20_000, lastEvent.GetProperty("flows").GetInt64());
        Assert.Equal(0, lastEvent.GetProperty("brokenWithExceptions").GetInt64());
    }

    [Fact]
    public async Task A_plot_has_a_group_of_bars_for_each_event()
    {
        using TemporaryDirectory directory = new();
        string file = directory.At("plot.svg");
        (int exitCode, string output, _) = await RunAsync($"simulate {Small} --event lb-killed --event remove-backend:3,add-lb --ecmp threshold --plot {file}");
        Assert.Equal(0, exitCode);
        Assert.Contains("remove-backend:3,add-lb", output, StringComparison.Ordinal);
        string[] texts = [.. XDocument.Load(file).Descendants().Where(shape => shape.Name.LocalName == "text").Select(shape => shape.Value)];
        Assert.Contains("lb-killed, threshold", texts);
        Assert.Contains("remove-backend:3,add-lb, threshold", texts);
    }

    [Theory]
    [InlineData("--flows many", "--flows many: must be a number from 1 to ")]
    [InlineData("--flows 0", "--flows 0: ")]
    [InlineData("--lbs -3", "--lbs -3: ")]
    [InlineData("--table-size 65536", "--table-size 65536: must be prime; the next one is 65537")]
    [InlineData("--event explode", "--event explode: \"explode\" is neither a change (")]
    [InlineData("--lbs 2 --event kill-lb:2", "--event kill-lb:2: leaves no balancer")]
    [InlineData("--ecmp rehash", "--ecmp rehash: \"rehash\" is none of modulo, threshold, resilient")]
    [InlineData("--buckets 4 --lbs 5", "--buckets 4: must be at least the number of balancers, 5")]
    [InlineData("--figure 10", "--figure 10: must be 9, 11 or 12")]
    [InlineData("--figure 12 --event chain", "--figure and --event: ")]
    [InlineData("--figure 12 --repeats 0", "--repeats 0: ")]
    [InlineData("--plot plot.png", "--plot plot.png: must end in .svg")]
    [InlineData("--plot /nowhere/plot.svg", "--plot /nowhere/plot.svg: ")]
    public async Task What_cannot_be_simulated_is_one_line_and_exit_code_2(string options, string line)
    {
        (int exitCode, string output, string error) = await RunAsync($"simulate {options}");
        Assert.Equal(2, exitCode);
        Assert.Empty(output);
        Assert.StartsWith($"rustyrail: {line}", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
    }

    [Theory]
    [InlineData("100000000", 100_000_000)]
    [InlineData("100_000_000", 100_000_000)]
    [InlineData("100M", 100_000_000)]
    [InlineData("250k", 250_000)]
    [InlineData("2G", 2_000_000_000)]
    public void Counts_are_read_as_people_write_them(string text, long count)
    {
        Assert.True(CountText.TryParse(text, out long parsed));
        Assert.Equal(count, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("M")]
    [InlineData("1.5M")]
    [InlineData("-1")]
    [InlineData("9999999999999999G")]
    public void Other_texts_are_no_counts(string text) => Assert.False(CountText.TryParse(text, out _));

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(string line)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int exitCode = await CommandLine.RunAsync(line.Split(' '), output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
