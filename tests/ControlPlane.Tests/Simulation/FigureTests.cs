using System.Xml.Linq;
using RustyRail.ControlPlane.Simulation;
using RustyRail.ControlPlane.Simulation.Figures;
using RustyRail.ControlPlane.Simulation.Plot;

namespace ControlPlane.Tests.Simulation;

public sealed class FigureTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    // What a thousand binomial shares of the table come to: the largest lies a little over three standard deviations above the mean.
    [Theory]
    [InlineData(65537, 30, 55)]
    [InlineData(655373, 9, 18)]
    public void Other_methods_need_more_servers_than_the_mean_asks_for(int tableSize, double least, double most)
    {
        Assert.InRange(OverProvision(RivalHashing.Karger(1000, 1000, tableSize, 1)), least, most);
        if (tableSize < 100_000) Assert.InRange(OverProvision(RivalHashing.Rendezvous(1000, tableSize, 1)), least, most);
    }

    [Theory]
    [InlineData(65537, 1000, 10, 3.33, 2.33)]
    [InlineData(65537, 100, 1, 1.56, 0.56)]
    public void Failures_change_little_more_than_what_was_theirs(int tableSize, int backends, int failures, double changed, double needlessly)
    {
        Disruption mean = Disruption.Mean([.. Enumerable.Range(0, 4).Select(trial => Disruption.Of(tableSize, backends, failures, seed: 1, trial))]);
        Assert.InRange(mean.Changed, changed - 0.2, changed + 0.2);
        Assert.InRange(mean.Needlessly, needlessly - 0.2, needlessly + 0.2);
    }

    [Theory]
    [InlineData(3, 50)]
    [InlineData(10, 89)]
    [InlineData(50, 98)]
    public void A_table_size_from_the_live_set_moves_nearly_everybody(int backends, double percent) =>
        Assert.InRange(DerivedTableSize.MovedSurvivors(backends, seed: 1), percent - 2, percent + 2);

    [Fact]
    public void The_first_versions_table_size() => Assert.Equal([293, 199, 4999], ((int[])[3, 2, 50]).Select(DerivedTableSize.SizeFor));

    [Fact]
    public void Figure_12_has_a_line_per_table_size_and_meaning()
    {
        Progress progress = new(ResilienceFigure.Work(1));
        Figure figure = ResilienceFigure.Draw(seed: 1, trials: 1, threads: 2, progress, CancellationToken.None);
        Assert.Equal(progress.Total, progress.Done);
        Assert.Equal(4, XDocument.Parse(figure.Chart.ToSvg()).Descendants(Svg + "polyline").Count());
    }

    [Fact]
    public void A_bar_chart_shows_nothing_as_nothing_and_escapes_names()
    {
        BarChart chart = new("a < b", "flows", ["one", "two"], [new BarGroup("R&D", [1000, 0])], Logarithmic: true);
        XElement[] shapes = [.. XDocument.Parse(chart.ToSvg()).Root!.Elements()];
        string[] texts = [.. shapes.Where(shape => shape.Name == Svg + "text").Select(shape => shape.Value)];
        Assert.Contains("a < b", texts);
        Assert.Contains("R&D", texts);
        Assert.Equal(["0", "1", "10", "100", "1,000"], texts.SkipWhile(text => text != "two").Skip(1).Take(5));
        // White ground, two of the legend, one bar.
        Assert.Equal(4, shapes.Count(shape => shape.Name == Svg + "rect"));
    }

    [Theory]
    [InlineData(0, new double[] { 0, 0.2 })]
    [InlineData(1, new[] { 0, 0.2, 0.4, 0.6, 0.8, 1 })]
    [InlineData(4.7, new double[] { 0, 1, 2, 3, 4, 5 })]
    [InlineData(260, new double[] { 0, 100, 200, 300 })]
    public void Axes_end_on_round_numbers(double largest, double[] ticks) => Assert.Equal(ticks, new Axis(largest, logarithmic: false).Ticks, (a, b) => Math.Abs(a - b) < 1e-9);

    private static double OverProvision(long[] entries) => 100 * (Balance.Of("", entries).MaxOverMean - 1);
}
