using RustyRail.Contract.Region;

namespace RustyRail.Dataplane.Host.Run;

/// <summary>How many workers, and how packets come to them.</summary>
internal sealed record WorkerPlan(int Workers, string Steering)
{
    /// <summary>By the device's queues, one for each worker.</summary>
    public const string Rss = "rss";

    /// <summary>The first worker has the device and hands packets to the others by their flow.</summary>
    public const string Steer = "steer";

    public bool IsSteered => Workers > 1 && Steering == Steer;

    /// <summary>Ports to open, each for a worker of its own.</summary>
    public int Ports => IsSteered ? 1 : Workers;

    /// <summary>For status and log; empty for one worker.</summary>
    public string Describe() => Workers == 1 ? "" : $"; {Workers} workers, {Steering}";

    /// <summary>Null, or why it cannot be, in one line.</summary>
    public string? Problem(RegionFile region, int? queue)
    {
        if (Workers < 1) return $"--workers {Workers}: at least 1";
        if (Workers > region.Capacities.Workers)
            return $"--workers {Workers}: {region.Path} has room for {region.Capacities.Workers}, as many as the rustyrail that made it was told";
        if (Steering is not (Rss or Steer)) return $"--steering {Steering}: unknown; rss or steer";
        return queue is not null && Ports > 1 ? $"--queue {queue}: {Workers} workers have the first {Workers} queues; one queue is for one worker, or for --steering steer" : null;
    }
}
