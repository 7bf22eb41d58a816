namespace RustyRail.ControlPlane.Simulation;

/// <summary>What became of flows. Sums are the same in whatever order blocks of flows are judged.</summary>
internal record struct FlowTally
{
    public long Flows { get; set; }

    /// <summary>Another balancer gets them than the one that they began with.</summary>
    public long Moved { get; set; }

    /// <summary>Ended with their backend; no balancer could help it. Not counted as broken.</summary>
    public long Ended { get; set; }

    public long BrokenByHash { get; set; }
    public long BrokenWithFlowTable { get; set; }
    public long BrokenWithExceptions { get; set; }

    /// <summary>Flows told to peers.</summary>
    public long Exceptions { get; set; }

    public static FlowTally operator +(FlowTally left, FlowTally right) => new()
    {
        Flows = left.Flows + right.Flows,
        Moved = left.Moved + right.Moved,
        Ended = left.Ended + right.Ended,
        BrokenByHash = left.BrokenByHash + right.BrokenByHash,
        BrokenWithFlowTable = left.BrokenWithFlowTable + right.BrokenWithFlowTable,
        BrokenWithExceptions = left.BrokenWithExceptions + right.BrokenWithExceptions,
        Exceptions = left.Exceptions + right.Exceptions,
    };
}
