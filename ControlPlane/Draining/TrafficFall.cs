namespace RustyRail.ControlPlane.Draining;

/// <summary>
/// Whether traffic has fallen, seen once a second: to a hundredth of the most that was seen since, and twice in a row, since routers take a moment.
/// Less than one packet a second is nothing.
/// </summary>
internal sealed class TrafficFall
{
    private const double Nothing = 1, Share = 0.01;
    private const int InARow = 2;

    private double _most;
    private int _quiet;

    public bool Observe(double packetsPerSecond)
    {
        _most = Math.Max(_most, packetsPerSecond);
        _quiet = packetsPerSecond <= Math.Max(Nothing, Share * _most) ? _quiet + 1 : 0;
        return _quiet >= InARow;
    }
}
