namespace RustyRail.Dataplane.Ports.Xdp;

/// <summary>
/// Destinations that are a worker's. <paramref name="Address"/> is in the machine's order (10.1.0.1 is 0x0A010001).
/// With <paramref name="GreOnly"/> plain packets to the prefix stay the host's: the catch-all 0.0.0.0/0 must not swallow the host's own traffic.
/// </summary>
internal readonly record struct VipPrefix(uint Address, int LengthBits, bool GreOnly = false)
{
    /// <summary>Every GRE packet, and nothing else.</summary>
    public static VipPrefix EveryGre => new(0, 0, GreOnly: true);
}
