using System.Collections.Immutable;

namespace RustyRail.ControlPlane.Simulation.Plot;

/// <summary>What all charts have: title, a y axis with its lines, a legend, and the rectangle in between.</summary>
internal sealed class ChartFrame
{
    public const double Left = 80, Top = 70, Height = 320;

    // Of the legend's font, about: nothing here can measure text.
    private const double LetterWidth = 6.5;

    public ChartFrame(string title, string yLabel, Axis y, IReadOnlyList<string> legend, double width, double below)
    {
        Y = y;
        Width = width;
        Canvas = new SvgCanvas(Left + width + 30, Top + Height + below);
        Canvas.Text(Left, 24, title, size: 15);
        double x = Left;
        for (int at = 0; at < legend.Count; at++)
        {
            Canvas.Rectangle(x, 38, 12, 12, Colours[at % Colours.Length]);
            Canvas.Text(x + 17, 48, legend[at]);
            x += 40 + (LetterWidth * legend[at].Length);
        }

        foreach (double tick in y.Ticks)
        {
            Canvas.Line(Left, YOf(tick), Left + width, YOf(tick), "#dddddd");
            Canvas.Text(Left - 6, YOf(tick) + 4, Axis.Label(tick), "end");
        }

        Canvas.Text(18, Top + (Height / 2), yLabel, "middle", turned: -90);
    }

    public static ImmutableArray<string> Colours => SvgCanvas.Colours;

    public SvgCanvas Canvas { get; }

    public Axis Y { get; }

    public double Width { get; }

    public double YOf(double value) => Top + (Height * (1 - Y.At(value)));
}
