namespace RustyRail.ControlPlane.Simulation.Plot;

internal interface IChart
{
    /// <summary>A whole SVG document.</summary>
    string ToSvg();
}
