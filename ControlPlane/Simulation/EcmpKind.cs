namespace RustyRail.ControlPlane.Simulation;

/// <summary>How a router chooses a balancer for a flow.</summary>
internal enum EcmpKind
{
    /// <summary>Hash modulo the number of balancers: another number moves nearly every flow.</summary>
    Modulo,

    /// <summary>Each balancer has one range of the hash (RFC 2992; the Linux kernel's own): another number moves a quarter to a half.</summary>
    Threshold,

    /// <summary>A fixed number of buckets which keep their balancer: only the flows that have to move do.</summary>
    Resilient,
}
