using RustyRail.Contract.Region;

namespace RustyRail.Actors.Exceptions;

/// <param name="Node">This node's name in the cluster.</param>
internal sealed record ExceptionsOptions(string Node)
{
    /// <summary>All flows held are told again this often: it keeps them known, tells their ends, and repairs whatever was lost.</summary>
    public TimeSpan Renewal { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A flow that the table has come to agree with is told on for this long: other nodes may be behind with the change.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between two looks at whether ports of ended connections were used again.</summary>
    public TimeSpan Reopened { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A batch without acknowledgement is sent again.</summary>
    public TimeSpan Resend { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Between two looks at whether all workers have adopted what was published, and the shortest pause between two scans.</summary>
    public TimeSpan ScanPause { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>A worker that has not adopted by then is not waited for; the renewal finds what it opened.</summary>
    public TimeSpan AdoptionPatience { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a starting node waits to be told before it counts as ready all the same.</summary>
    public TimeSpan JoinPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between two looks for what has expired.</summary>
    public TimeSpan Expiry { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Subscriptions are renewed: whatever restarted upstream has forgotten them.</summary>
    public TimeSpan Resubscribe { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Where scans run. They take milliseconds for each million of flows: the actor goes on meanwhile.</summary>
    public TaskScheduler ScansOn { get; init; } = TaskScheduler.Default;

    /// <summary>Monotonic milliseconds, as the workers count them.</summary>
    public Func<long> Now { get; init; } = static () => RegionFile.Now;
}
