using System.Diagnostics;

namespace Netns.Tests.Lab;

internal static class Eventually
{
    /// <summary>Asks until the condition holds and returns how long that took; fails after the bound.</summary>
    public static TimeSpan Holds(string what, TimeSpan bound, Func<bool> condition)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < bound, $"not within {bound.TotalSeconds} s: {what}");
            Thread.Sleep(5);
        }
        return Stopwatch.GetElapsedTime(start);
    }
}
