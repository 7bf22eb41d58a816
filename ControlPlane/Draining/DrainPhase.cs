namespace RustyRail.ControlPlane.Draining;

/// <summary>How far this node is on its way out.</summary>
internal enum DrainPhase
{
    Serving,

    /// <summary>Not ready and not announced: routers send it nothing new. It forwards what still arrives, as a member of its cluster.</summary>
    Withdrawn,

    /// <summary>Withdrawn, and no longer a member. It forwards by what it last knew.</summary>
    Left,
}
