using RustyRail.Contract.Region;
using RustyRail.Dataplane.Forwarding;

namespace RustyRail.Tests.Support.Reference;

/// <summary>What was sent and judged, beside what the region's counters say.</summary>
internal sealed unsafe class Counted(RegionView region)
{
    private readonly ulong[] _verdicts = new ulong[4], _reasons = new ulong[WorkerCounterBlock.MaxReasons];
    private ulong _bytes, _forwardedBytes;

    public ulong Packets { get; private set; }

    public ulong Of(Verdict verdict) => _verdicts[(int)verdict];

    public ulong Of(Reason reason) => _reasons[(int)reason];

    /// <param name="reason">As the pipeline has it: a full ring changes the judge's.</param>
    public void One(in Judgement judgement, int length, int leftLength, Reason reason)
    {
        Verdict verdict = reason is Reason.TxFull or Reason.HostFull ? Verdict.Dropped : judgement.Fate.Verdict;
        Packets++;
        _bytes += (ulong)length;
        _verdicts[(int)verdict]++;
        if (verdict == Verdict.Forwarded) _forwardedBytes += (ulong)leftLength;
        else _reasons[(int)reason]++;
    }

    /// <summary>After each batch: each packet in one of the four, with its bytes.</summary>
    public void Batch()
    {
        WorkerCounterBlock* totals = region.Counters(0);
        bool isSo = totals->Received == Packets && totals->ReceivedBytes == _bytes && totals->ForwardedBytes == _forwardedBytes
            && totals->Forwarded == Of(Verdict.Forwarded) && totals->Host == Of(Verdict.Host) && totals->Answered == Of(Verdict.Answered) && totals->Dropped == Of(Verdict.Dropped);
        if (!isSo) throw new Disagreement($"counted {totals->Received} received, {totals->Forwarded} forwarded, {totals->Host} host, {totals->Answered} answered, {totals->Dropped} dropped; sent {Packets}");
    }

    /// <summary>At the end of a run: reasons, services and backends add up to the same. Not beyond the reuse of a slot, which begins at 0.</summary>
    public void All()
    {
        WorkerCounterBlock* totals = region.Counters(0);
        for (int reason = 1; reason < _reasons.Length; reason++)
        {
            if (totals->Reasons[reason] != _reasons[reason]) throw new Disagreement($"{totals->Reasons[reason]} {((Reason)reason).Name()} counted, {_reasons[reason]} seen");
        }

        AddUp("services", region.ServiceCounters(0), region.Capacities.Services);
        AddUp("backends", region.BackendCounters(0), region.Capacities.Backends);
    }

    private void AddUp(string what, TrafficCounters* counters, int count)
    {
        ulong packets = 0, bytes = 0;
        for (int i = 0; i < count; i++)
        {
            packets += counters[i].Packets;
            bytes += counters[i].Bytes;
        }

        if (packets != Of(Verdict.Forwarded) || bytes != _forwardedBytes) throw new Disagreement($"{what} add up to {packets} packets of {bytes} bytes; {Of(Verdict.Forwarded)} of {_forwardedBytes} were forwarded");
    }
}
