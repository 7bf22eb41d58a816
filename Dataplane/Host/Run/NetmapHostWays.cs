using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Netmap;

namespace RustyRail.Dataplane.Host.Run;

/// <summary>Of several workers with a ring pair each, the first has the host's rings; these are the others' ways to it.</summary>
internal sealed class NetmapHostWays : IDisposable
{
    private readonly List<HostLane> _lanes = [];
    private WakeEvent? _wake;

    /// <summary>What each worker opens.</summary>
    public IEnumerable<NetmapOptions> For(NetmapOptions all, int workers)
    {
        _wake = new WakeEvent();
        for (int i = 1; i < workers; i++) _lanes.Add(new HostLane(_wake));
        yield return all with { Ring = 0, FromOthers = new HostLanes([.. _lanes], _wake) };
        for (int i = 1; i < workers; i++) yield return all with { Ring = i, ToFirst = _lanes[i - 1] };
    }

    /// <summary>After the workers have ended.</summary>
    public void Dispose()
    {
        foreach (HostLane lane in _lanes) lane.Dispose();
        _lanes.Clear();
        _wake?.Dispose();
    }
}
