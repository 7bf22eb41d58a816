namespace RustyRail.Dataplane.Ports.AfXdp;

/// <summary>The kernel's counters of one AF_XDP socket (XDP_STATISTICS).</summary>
/// <param name="ReceiveDropped">Too long, or refused for another reason than the next two.</param>
/// <param name="ReceiveRingFull">The worker was too slow and all chunks were waiting for it.</param>
/// <param name="FillRingEmpty">The worker was too slow to give chunks back: under overload most losses are here.</param>
/// <param name="InvalidDescriptors">Wrong addresses or lengths from us, in either direction: always 0 unless there is a bug.</param>
internal readonly record struct XskStatistics(ulong ReceiveDropped, ulong ReceiveRingFull, ulong FillRingEmpty, ulong InvalidDescriptors);
