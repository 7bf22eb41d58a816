using System.Diagnostics;

namespace Netns.Tests.Lab;

internal static class Eventually
{
    /// <summary>Asks until the condition holds and returns how long that took; fails after the bound.</summary>
    public static TimeSpan Holds(string what, TimeSpan bound, Func<bool> condition, int pauseMilliseconds = 5) => NothingIsWrong(bound, () => condition() ? null : what, pauseMilliseconds);

    /// <summary>The same for what can say why it does not hold yet.</summary>
    /// <param name="pauseMilliseconds">Longer where an answer costs what is measured.</param>
    public static TimeSpan NothingIsWrong(TimeSpan bound, Func<string?> problem, int pauseMilliseconds = 5)
    {
        long start = Stopwatch.GetTimestamp();
        while (problem() is { } what)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < bound, $"not within {bound.TotalSeconds} s: {what}");
            Thread.Sleep(pauseMilliseconds);
        }
        return Stopwatch.GetElapsedTime(start);
    }
}
