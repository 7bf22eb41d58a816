using System.Runtime.InteropServices;

namespace RustyRail.Contract.Region;

/// <summary>
/// One worker's totals. Writer: that worker; readers add the workers up. Always: Received = Forwarded + Host + Answered + Dropped
/// at the end of a batch, and the reasons subdivide the last three.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 1024)]
internal unsafe struct WorkerCounterBlock
{
    public const int MaxReasons = 64;

    [FieldOffset(0)] public ulong Received;
    [FieldOffset(8)] public ulong Forwarded;
    [FieldOffset(16)] public ulong Host;
    [FieldOffset(24)] public ulong Answered;
    [FieldOffset(32)] public ulong Dropped;
    [FieldOffset(40)] public ulong ReceivedBytes;
    [FieldOffset(48)] public ulong ForwardedBytes;

    /// <summary>Packets that found their flow; packets that chose by Maglev; flows written; live entries pushed out by new ones.</summary>
    [FieldOffset(64)] public ulong FlowHits;
    [FieldOffset(72)] public ulong FlowMisses;
    [FieldOffset(80)] public ulong FlowsInserted;
    [FieldOffset(88)] public ulong FlowsDisplaced;
    [FieldOffset(96)] public ulong FlowsExpired;

    /// <summary>Lost before the worker saw them, as the port's kernel side counts (ring full, no buffer).</summary>
    [FieldOffset(104)] public ulong PortDropped;

    /// <summary>Packets that found their backend in the exception table; the flow is in the flow table from then on.</summary>
    [FieldOffset(112)] public ulong ExceptionHits;

    /// <summary>Flows whose client used the ports of an ended one again and that are at another backend since: others may know of the ended one.</summary>
    [FieldOffset(120)] public ulong FlowsReopened;

    /// <summary>New flows beyond the worker's rate of writing them down: they went by table and exceptions.</summary>
    [FieldOffset(128)] public ulong FlowsNotInserted;

    /// <summary>Indexed by <see cref="Reason"/>.</summary>
    [FieldOffset(512)] public fixed ulong Reasons[MaxReasons];
}

/// <summary>Traffic of one service or backend on one worker. Writer: that worker.</summary>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal struct TrafficCounters
{
    public ulong Packets, Bytes, NewFlows;
}
