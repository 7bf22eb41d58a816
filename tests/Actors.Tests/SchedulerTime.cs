using Akka.TestKit;

namespace Actors.Tests;

/// <summary>The clock of a TestScheduler as a TimeProvider: timers and clock then agree.</summary>
internal sealed class SchedulerTime(TestScheduler scheduler) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => scheduler.Now;

    public override long GetTimestamp() => scheduler.Now.Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;
}
