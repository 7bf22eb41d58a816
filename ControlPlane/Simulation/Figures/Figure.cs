using System.Collections.Immutable;
using RustyRail.ControlPlane.Simulation.Plot;

namespace RustyRail.ControlPlane.Simulation.Figures;

/// <summary>A figure of the Maglev paper (NSDI 2016), drawn again with this product's own tables.</summary>
internal sealed record Figure(int Number, string Title, ImmutableArray<FigureRow> Rows, IChart Chart);
