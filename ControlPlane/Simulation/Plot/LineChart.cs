using System.Collections.Immutable;

namespace RustyRail.ControlPlane.Simulation.Plot;

internal sealed record PlotLine(string Name, ImmutableArray<(double X, double Y)> Points);

/// <summary>Lines through measured points.</summary>
internal sealed record LineChart(string Title, string XLabel, string YLabel, ImmutableArray<PlotLine> Lines) : IChart
{
    private const double PlotWidth = 800, XAxisHeight = 60;

    public string ToSvg()
    {
        Axis x = new(Lines.Max(line => line.Points.Max(point => point.X)), false);
        Axis y = new(Lines.Max(line => line.Points.Max(point => point.Y)), false);
        ChartFrame frame = new(Title, YLabel, y, [.. Lines.Select(line => line.Name)], PlotWidth, XAxisHeight);
        foreach (double tick in x.Ticks) frame.Canvas.Text(XOf(tick), frame.YOf(0) + 18, Axis.Label(tick), "middle");
        frame.Canvas.Text(ChartFrame.Left + (PlotWidth / 2), frame.YOf(0) + 42, XLabel, "middle");
        for (int at = 0; at < Lines.Length; at++)
        {
            string colour = ChartFrame.Colours[at % ChartFrame.Colours.Length];
            (double X, double Y)[] points = [.. Lines[at].Points.Select(point => (XOf(point.X), frame.YOf(point.Y)))];
            frame.Canvas.Path(points, colour);
            foreach ((double px, double py) in points) frame.Canvas.Dot(px, py, colour);
        }

        return frame.Canvas.Finish();

        double XOf(double value) => ChartFrame.Left + (PlotWidth * x.At(value));
    }
}
