using System.Collections.Immutable;
using System.Globalization;
using System.Security;
using System.Text;

namespace RustyRail.ControlPlane.Simulation.Plot;

/// <summary>The few shapes that charts are made of, as one SVG document that needs nothing else.</summary>
internal sealed class SvgCanvas
{
    private readonly StringBuilder _body = new();

    public SvgCanvas(double width, double height)
    {
        Width = width;
        Height = height;
        Append($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:0.##} {height:0.##}" font-family="sans-serif" font-size="12">""");
        Rectangle(0, 0, width, height, "#ffffff");
    }

    /// <summary>Colours that differ in lightness too, for those who print grey or see no red.</summary>
    public static ImmutableArray<string> Colours { get; } = ["#b2432f", "#e0a030", "#2f6f9f", "#123f2a", "#8a6bb0", "#7a7a7a"];

    public double Width { get; }

    public double Height { get; }

    public void Rectangle(double x, double y, double width, double height, string colour) =>
        Append($"""<rect x="{x:0.##}" y="{y:0.##}" width="{width:0.##}" height="{height:0.##}" fill="{colour}"/>""");

    public void Line(double x1, double y1, double x2, double y2, string colour) =>
        Append($"""<line x1="{x1:0.##}" y1="{y1:0.##}" x2="{x2:0.##}" y2="{y2:0.##}" stroke="{colour}"/>""");

    public void Path(IEnumerable<(double X, double Y)> points, string colour)
    {
        string text = string.Join(' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.X:0.##},{point.Y:0.##}")));
        Append($"""<polyline points="{text}" fill="none" stroke="{colour}" stroke-width="2"/>""");
    }

    public void Dot(double x, double y, string colour) => Append($"""<circle cx="{x:0.##}" cy="{y:0.##}" r="3" fill="{colour}"/>""");

    /// <param name="anchor"><c>start</c>, <c>middle</c> or <c>end</c> of the text stands at the point.</param>
    public void Text(double x, double y, string text, string anchor = "start", int turned = 0, int size = 12)
    {
        string turn = turned == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" transform=\"rotate({turned} {x:0.##} {y:0.##})\"");
        Append($"""<text x="{x:0.##}" y="{y:0.##}" text-anchor="{anchor}" font-size="{size}"{turn}>{SecurityElement.Escape(text)}</text>""");
    }

    public string Finish() => $"{_body}</svg>\n";

    private void Append(FormattableString shape) => _body.Append(shape.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
