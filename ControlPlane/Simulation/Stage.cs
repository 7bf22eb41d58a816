namespace RustyRail.ControlPlane.Simulation;

/// <summary>The cluster between two steps.</summary>
/// <param name="Table">Backend by entry; numbers are the same in all stages.</param>
/// <param name="RouterChanged">Against the stage before.</param>
/// <param name="BalancerTells">By balancer: it is there after the step, or took leave in it, and so tells its exceptions.</param>
/// <param name="BackendGone">By backend: it no longer takes packets.</param>
internal sealed record Stage(EcmpMap Router, bool RouterChanged, ushort[] Table, bool[] BalancerTells, bool[] BackendGone);
