namespace RustyRail.Dataplane.Ports.Pcap;

/// <summary>One record of a capture; the bytes are the reader's buffer and last until the next read.</summary>
internal readonly ref struct PcapFrame(ReadOnlySpan<byte> bytes, long timestampNanoseconds)
{
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    /// <summary>Since 1970, as the capture says.</summary>
    public long TimestampNanoseconds { get; } = timestampNanoseconds;
}
