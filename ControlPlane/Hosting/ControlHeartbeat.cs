using RustyRail.Contract.Region;

namespace RustyRail.ControlPlane.Hosting;

/// <summary>Tells the region that a control plane lives; its only writer.</summary>
internal static class ControlHeartbeat
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    public static async Task BeatAsync(RegionFile region, CancellationToken cancel)
    {
        using PeriodicTimer timer = new(Interval);
        do
        {
            Beat(region);
        }
        while (await timer.WaitForNextTickAsync(cancel));
    }

    private static unsafe void Beat(RegionFile region) => Volatile.Write(ref region.Header->ControlHeartbeat, RegionFile.Now);
}
