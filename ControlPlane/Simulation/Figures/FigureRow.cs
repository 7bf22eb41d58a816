namespace RustyRail.ControlPlane.Simulation.Figures;

/// <summary>A measured number beside the published one.</summary>
/// <param name="Reference">What the paper, or an independent calibration, has for it; null where it prints no number.</param>
internal sealed record FigureRow(string What, double Measured, double? Reference, string Unit, string Source);
