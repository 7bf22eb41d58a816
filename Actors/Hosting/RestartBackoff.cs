namespace RustyRail.Actors.Hosting;

/// <summary>How long to wait before the next ActorSystem: doubled from <paramref name="First"/> up to <paramref name="Longest"/>.</summary>
/// <param name="ForgetAfter">One that ran this long starts the count anew.</param>
internal sealed record RestartBackoff(TimeSpan First, TimeSpan Longest, TimeSpan ForgetAfter)
{
    public static RestartBackoff Default { get; } = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1));

    /// <param name="failures">In a row, before this one.</param>
    public TimeSpan DelayAfter(int failures) => TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Min(failures, 20)));
}
