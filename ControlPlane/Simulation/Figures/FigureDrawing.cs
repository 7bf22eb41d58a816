namespace RustyRail.ControlPlane.Simulation.Figures;

/// <summary>A figure that can be drawn: how much work it is, and how.</summary>
internal sealed record FigureDrawing(int Number, int DefaultTrials, Func<int, long> Work, Func<int, int, int, Progress, CancellationToken, Figure> Draw)
{
    public static FigureDrawing[] All { get; } =
    [
        new(9, ThroughputFigure.DefaultTrials, ThroughputFigure.Work, ThroughputFigure.Draw),
        new(11, LoadBalancingFigure.DefaultTrials, LoadBalancingFigure.Work, LoadBalancingFigure.Draw),
        new(12, ResilienceFigure.DefaultTrials, ResilienceFigure.Work, ResilienceFigure.Draw),
    ];
}
