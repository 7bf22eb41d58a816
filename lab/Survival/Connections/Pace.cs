namespace RustyRail.Lab.Survival.Connections;

/// <param name="Interval">Between two requests of one connection, on average.</param>
/// <param name="Patience">For an answer, retransmissions included.</param>
/// <param name="OpenedPerSecond">In all.</param>
internal sealed record Pace(TimeSpan Interval, TimeSpan Patience, int OpenedPerSecond)
{
    /// <summary>A quarter shorter or longer, so that connections opened together do not send together for ever.</summary>
    public TimeSpan Pause() => Interval * (0.75 + (Random.Shared.NextDouble() / 2));
}
