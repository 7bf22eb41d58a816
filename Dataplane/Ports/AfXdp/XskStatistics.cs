namespace RustyRail.Dataplane.Ports.AfXdp;

/// <summary>The kernel's counters of one AF_XDP socket (XDP_STATISTICS).</summary>
/// <param name="ReceiveDropped">Too long, or there was no chunk for it.</param>
/// <param name="ReceiveRingFull">The worker was too slow and all chunks were waiting for it; not in the first.</param>
/// <param name="FillRingEmpty">How often a chunk was wanted and none there. In copy mode each time is also one of the first, so it is no further loss.</param>
/// <param name="InvalidDescriptors">Wrong addresses or lengths from us, in either direction: always 0 unless there is a bug.</param>
internal readonly record struct XskStatistics(ulong ReceiveDropped, ulong ReceiveRingFull, ulong FillRingEmpty, ulong InvalidDescriptors);
