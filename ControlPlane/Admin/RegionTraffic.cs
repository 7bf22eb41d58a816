using System.Collections.Immutable;
using RustyRail.Contract.Region;

namespace RustyRail.ControlPlane.Admin;

/// <summary>The workers' totals, added up. Read while they are written: sums may be a batch apart.</summary>
internal static class RegionTraffic
{
    public static unsafe TrafficStatus Read(RegionFile region)
    {
        RegionView view = new(region);
        WorkerCounterBlock sum = default;
        for (int worker = 0; worker < region.Capacities.Workers; worker++)
        {
            WorkerCounterBlock* counters = view.Counters(worker);
            sum.Received += counters->Received;
            sum.Forwarded += counters->Forwarded;
            sum.Host += counters->Host;
            sum.Answered += counters->Answered;
            sum.Dropped += counters->Dropped;
            sum.PortDropped += counters->PortDropped;
            sum.ReceivedBytes += counters->ReceivedBytes;
            sum.ForwardedBytes += counters->ForwardedBytes;
            sum.FlowHits += counters->FlowHits;
            sum.FlowMisses += counters->FlowMisses;
            sum.FlowsInserted += counters->FlowsInserted;
            sum.FlowsExpired += counters->FlowsExpired;
            sum.FlowsDisplaced += counters->FlowsDisplaced;
            sum.FlowsNotInserted += counters->FlowsNotInserted;
            sum.ExceptionHits += counters->ExceptionHits;
            for (int reason = 0; reason < WorkerCounterBlock.MaxReasons; reason++) sum.Reasons[reason] += counters->Reasons[reason];
        }

        return new TrafficStatus(
            sum.Received, sum.Forwarded, sum.Host, sum.Answered, sum.Dropped, sum.PortDropped, sum.ReceivedBytes, sum.ForwardedBytes,
            sum.FlowHits, sum.FlowMisses, sum.FlowsInserted, sum.FlowsExpired, sum.FlowsDisplaced, sum.FlowsNotInserted, sum.ExceptionHits, Reasons(sum));
    }

    // Reasons that never happened would hide those that did.
    private static unsafe ImmutableSortedDictionary<string, ulong> Reasons(WorkerCounterBlock sum)
    {
        var reasons = ImmutableSortedDictionary.CreateBuilder<string, ulong>(StringComparer.Ordinal);
        for (int reason = 1; reason < ReasonNames.Count; reason++)
        {
            if (sum.Reasons[reason] > 0) reasons.Add(((Reason)reason).Name(), sum.Reasons[reason]);
        }

        return reasons.ToImmutable();
    }
}
