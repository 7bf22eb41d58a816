namespace RustyRail.Dataplane.Ports.Netmap;

/// <summary>The lanes of all other workers, at the one that has the host's rings.</summary>
/// <param name="wake">Wakes that worker.</param>
internal sealed class HostLanes(HostLane[] lanes, WakeEvent wake)
{
    public WakeEvent Wake { get; } = wake;

    public bool HasFrames
    {
        get
        {
            foreach (HostLane lane in lanes)
            {
                if (lane.HasFrames) return true;
            }

            return false;
        }
    }

    public void Empty(NetmapRing toHost)
    {
        foreach (HostLane lane in lanes) lane.Empty(toHost);
    }
}
