using System.Runtime.InteropServices;

namespace RustyRail.Dataplane.Host.Generate;

/// <summary>What process and sending program share: first the orders, then the program's own notes. One writer at a time, the run of the program.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SendState
{
    public const int Bytes = 9 * sizeof(ulong);

    /// <summary>Times of the schedule are in parts of a nanosecond: at a million packets a second a whole one would be a permille.</summary>
    public const int ScheduleBits = 10;

    // Offsets of the fields below.
    public const short DurationAt = 0, LimitAt = 8, IntervalAt = 16, BegunAt = 24, DueAt = 32, MadeAt = 40, LastAt = 48, SkippedAt = 56, FinishedAt = 64;

    public ulong DurationNanoseconds;
    public ulong Limit;
    public ulong Interval;
    public ulong Begun;
    public ulong Due;
    public ulong Made;
    public ulong Last;

    /// <summary>How often the schedule was more behind than can be caught up with.</summary>
    public ulong Skipped;
    public ulong Finished;

    public static SendState For(GenerateOptions options) => new()
    {
        DurationNanoseconds = (ulong)options.Duration.TotalNanoseconds,
        Limit = (ulong)(options.Packets ?? long.MaxValue),
        Interval = options.PacketsPerSecond is { } rate ? (ulong)Math.Round(1e9 * (1 << ScheduleBits) / rate) : 0,
    };
}
