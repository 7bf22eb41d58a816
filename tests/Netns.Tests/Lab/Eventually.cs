using System.Diagnostics;

namespace Netns.Tests.Lab;

internal static class Eventually
{
    /// <summary>Asks until the condition holds and returns how long that took; fails after the bound.</summary>
    public static TimeSpan Holds(string what, TimeSpan bound, Func<bool> condition) => NothingIsWrong(bound, () => condition() ? null : what);

    /// <summary>The same for what can say why it does not hold yet.</summary>
    public static TimeSpan NothingIsWrong(TimeSpan bound, Func<string?> problem)
    {
        long start = Stopwatch.GetTimestamp();
        while (problem() is { } what)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < bound, $"not within {bound.TotalSeconds} s: {what}");
            Thread.Sleep(5);
        }
        return Stopwatch.GetElapsedTime(start);
    }
}
