namespace RustyRail.Dataplane.Host.Decap;

/// <summary>What became of a GRE packet. Names as in the dataplane's drop reasons, where they mean the same.</summary>
internal enum DecapReason : byte
{
    Delivered,
    Runt,
    BadLength,
    BadChecksum,
    BadHeader,
    GreUnsupported,
    SourceNotAllowed,
    /// <summary>Congestion was signalled on a packet whose inner header cannot carry the mark (RFC 6040, section 4.2).</summary>
    CongestionNotCarried,
    /// <summary>The TUN device did not take the packet (down, or no memory).</summary>
    HostFull,
}
