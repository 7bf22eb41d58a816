namespace RustyRail.Actors.BackendHealth;

/// <summary>What an operator need not set: the pools' own checks carry interval, timeout, rise and fall.</summary>
internal sealed record BackendHealthOptions
{
    /// <summary>Up to this part of an interval is taken off at random, so that probes of many nodes drift apart. It never lengthens.</summary>
    public double Jitter { get; init; } = 0.1;

    /// <summary>Taken off every interval, because timers ring up to one or two ticks of the scheduler's wheel (10 ms) late.</summary>
    public TimeSpan TimerSlack { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>New targets start at most this far apart, all of them within one interval.</summary>
    public TimeSpan StartGap { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>A probe after a hint has this long.</summary>
    public TimeSpan HintTimeout { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>Hints come from the network, anybody can send them: they start at most one probe of a target in this time.</summary>
    public TimeSpan HintPause { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Reports follow each other at least this far apart.</summary>
    public TimeSpan ReportWindow { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>The subscription to the catalogue is renewed: whatever restarted there has forgotten it.</summary>
    public TimeSpan Resubscribe { get; init; } = TimeSpan.FromSeconds(1);
}
