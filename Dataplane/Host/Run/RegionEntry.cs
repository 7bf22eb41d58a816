using System.Text;
using RustyRail.Contract.Region;

namespace RustyRail.Dataplane.Host.Run;

/// <summary>What a dataplane does to the region before its workers run.</summary>
internal static unsafe class RegionEntry
{
    /// <summary>Nobody else reads snapshots in this role, or writes flows: what a dead predecessor had pinned is free, what workers had that are no more is forgotten.</summary>
    public static void TakeOver(RegionView region, int workers)
    {
        for (int i = 0; i < region.Readers; i++) Volatile.Write(ref region.Reader(i)->Pinned, ReaderLine.Quiescent);
        for (int worker = 0; worker < region.Capacities.Workers; worker++)
        {
            ReaderLine* line = region.Reader(worker);
            if (worker >= workers) ForgetFlows(region, worker);
            // Without a flow no slot of a removed backend is in use there; a worker that has had none counts as one that has swept nothing yet.
            if (worker >= workers) Volatile.Write(ref line->SweptGeneration, long.MaxValue);
            else if (line->SweptGeneration == long.MaxValue) Volatile.Write(ref line->SweptGeneration, 0);
        }
    }

    /// <summary>Written before a worker's first heartbeat: whoever sees a beat sees whose it is.</summary>
    public static void Announce(RegionView region, string port, string device, string note, int workers)
    {
        DataplaneIdentity* identity = &region.Header->Dataplane;
        SetText(new Span<byte>(identity->Port, DataplaneIdentity.TextBytes), port);
        SetText(new Span<byte>(identity->Device, DataplaneIdentity.TextBytes), device);
        SetText(new Span<byte>(identity->Note, DataplaneIdentity.NoteBytes), note);
        identity->Workers = workers;
        identity->StartedAt = RegionFile.Now;
        Volatile.Write(ref identity->Pid, Environment.ProcessId);
    }

    private static void ForgetFlows(RegionView region, int worker)
    {
        FlowEntry* flows = region.Flows(worker);
        for (long i = 0; i < region.FlowEntries; i++) Forget(&flows[i].Meta);
        for (long i = 0; i < region.Ipv6FlowBuckets; i++)
        {
            Ipv6FlowEntry* bucket = (Ipv6FlowEntry*)(region.Ipv6Flows(worker) + i);
            for (int entry = 0; entry < Ipv6FlowBucket.EntryCount; entry++) Forget(&bucket[entry].Meta);
        }
    }

    private static void Forget(FlowMeta* meta)
    {
        if (meta->Word != 0) *meta = default;
    }

    private static void SetText(Span<byte> into, string text)
    {
        into.Clear();
        Encoding.UTF8.TryGetBytes(text, into[..^1], out _);
    }
}
