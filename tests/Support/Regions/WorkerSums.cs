using RustyRail.Contract.Region;

namespace RustyRail.Tests.Support.Regions;

/// <summary>The counters of all workers added up, as who reads them does.</summary>
internal sealed record WorkerSums(ulong Received, ulong Forwarded, ulong Host, ulong Answered, ulong Dropped, ulong ReceivedBytes, ulong ForwardedBytes)
{
    private readonly ulong[] _reasons = new ulong[WorkerCounterBlock.MaxReasons];

    public ulong this[Reason reason] => _reasons[(int)reason];

    /// <summary>Null: every packet is counted once, and the reasons say why of each that was not forwarded.</summary>
    public string? Problem
    {
        get
        {
            ulong reasons = 0;
            foreach (ulong count in _reasons) reasons += count;
            if (Received != Forwarded + Host + Answered + Dropped) return $"received {Received}: forwarded {Forwarded}, host {Host}, answered {Answered}, dropped {Dropped}";
            return reasons == Host + Answered + Dropped && _reasons[0] == 0 ? null : $"reasons {reasons}: host {Host}, answered {Answered}, dropped {Dropped}";
        }
    }

    public static unsafe WorkerSums Of(RegionView region)
    {
        WorkerSums sums = new(0, 0, 0, 0, 0, 0, 0);
        for (int worker = 0; worker < region.Capacities.Workers; worker++)
        {
            WorkerCounterBlock one = *region.Counters(worker);
            sums = sums with
            {
                Received = sums.Received + one.Received,
                Forwarded = sums.Forwarded + one.Forwarded,
                Host = sums.Host + one.Host,
                Answered = sums.Answered + one.Answered,
                Dropped = sums.Dropped + one.Dropped,
                ReceivedBytes = sums.ReceivedBytes + one.ReceivedBytes,
                ForwardedBytes = sums.ForwardedBytes + one.ForwardedBytes,
            };
            for (int reason = 0; reason < sums._reasons.Length; reason++) sums._reasons[reason] += one.Reasons[reason];
        }

        return sums;
    }
}
