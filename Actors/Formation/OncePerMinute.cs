namespace RustyRail.Actors.Formation;

/// <summary>Lets one line per source and minute through, so that a stranger who tries again and again does not fill the log. Thread-safe.</summary>
public sealed class OncePerMinute(TimeProvider time)
{
    private const int MostSources = 1000;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _last = new(StringComparer.Ordinal);

    public bool Admits(string source)
    {
        lock (_gate)
        {
            if (_last.TryGetValue(source, out long since) && time.GetElapsedTime(since) < Interval) return false;
            if (_last.Count >= MostSources) _last.Clear();
            _last[source] = time.GetTimestamp();
            return true;
        }
    }
}
