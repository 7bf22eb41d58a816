namespace RustyRail.Actors.Hosting;

/// <summary>
/// Whom this node refused, and who refused it, before anything was said: one line per address and minute, whichever side noticed. The latest is kept, since it
/// may be why this node finds nobody. Thread-safe.
/// </summary>
internal sealed class TlsRefusals(TimeProvider time)
{
    private const int MostAddresses = 1000;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    // Longer than the interval and the next attempt, or a lasting refusal would seem to be over once a minute.
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(75);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (string Line, bool HasReason, long At)> _said = new(StringComparer.Ordinal);

    /// <summary>True: worth a line in the log.</summary>
    /// <param name="hasReason">A certificate was looked at; otherwise only that the handshake failed is known, which says nothing after a reason.</param>
    public bool TryNote(string address, string line, bool hasReason)
    {
        lock (_gate)
        {
            if (_said.TryGetValue(address, out var last) && time.GetElapsedTime(last.At) < Interval && (last.HasReason || !hasReason)) return false;
            if (_said.Count >= MostAddresses) _said.Clear();
            _said[address] = (line, hasReason, time.GetTimestamp());
            return true;
        }
    }

    public string? LineOf(string address)
    {
        lock (_gate) return _said.TryGetValue(address, out var last) && time.GetElapsedTime(last.At) < Lately ? last.Line : null;
    }
}
