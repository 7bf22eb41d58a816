using System.Collections.Immutable;

namespace RustyRail.ControlPlane.Simulation.Plot;

internal sealed record BarGroup(string Name, ImmutableArray<double> Values);

/// <summary>Groups of bars, one of each series; a bar of nothing says so.</summary>
internal sealed record BarChart(string Title, string YLabel, ImmutableArray<string> Series, ImmutableArray<BarGroup> Groups, bool Logarithmic) : IChart
{
    private const double BarWidth = 16, Gap = 22, NamesHeight = 130;

    public string ToSvg()
    {
        double group = (BarWidth * Series.Length) + Gap;
        Axis y = new(Groups.Max(bars => bars.Values.Max()), Logarithmic);
        ChartFrame frame = new(Title, YLabel, y, Series, Math.Max(group * Groups.Length, 500), NamesHeight);
        for (int at = 0; at < Groups.Length; at++)
        {
            double x = ChartFrame.Left + (at * group) + (Gap / 2);
            for (int series = 0; series < Series.Length; series++)
            {
                double value = Groups[at].Values[series], top = frame.YOf(value), left = x + (series * BarWidth);
                if (value > 0) frame.Canvas.Rectangle(left, top, BarWidth - 2, frame.YOf(0) - top, ChartFrame.Colours[series]);
                else frame.Canvas.Text(left + (BarWidth / 2), frame.YOf(0) - 3, "0", "middle", size: 10);
            }

            frame.Canvas.Text(x + (group / 2) - Gap / 2, frame.YOf(0) + 16, Groups[at].Name, "end", turned: -35, size: 11);
        }

        return frame.Canvas.Finish();
    }
}
