using System.Runtime.CompilerServices;
namespace RustyRail.Dataplane.Forwarding.Answers;

/// <summary>So many a second and, after a quiet time, so many at once. Owner: one worker's thread.</summary>
/// <param name="perSecond">A multiple of 1,000.</param>
/// <param name="burst">At least 1.</param>
internal struct RateLimit(int perSecond, int burst)
{
    private readonly int _perMillisecond = perSecond / 1000, _burst = burst;
    private int _left = burst;
    private long _filledAt;

    /// <param name="now">Monotonic milliseconds.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(long now)
    {
        if (now != _filledAt)
        {
            _left = (int)Math.Min(_burst, _left + ((now - _filledAt) * _perMillisecond));
            _filledAt = now;
        }

        if (_left == 0) return false;
        _left--;
        return true;
    }
}
