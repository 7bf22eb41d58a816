namespace RustyRail.Actors.Pools;

internal sealed record PoolOptions
{
    /// <summary>A burst of changes becomes one step per window; the first change of a quiet period does not wait.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Subscriptions are renewed: whatever restarted upstream has forgotten them.</summary>
    public TimeSpan Resubscribe { get; init; } = TimeSpan.FromSeconds(1);
}
