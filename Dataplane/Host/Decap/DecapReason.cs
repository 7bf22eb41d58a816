namespace RustyRail.Dataplane.Host.Decap;

/// <summary>What became of a tunnel packet. Names as in the dataplane's drop reasons, where they mean the same.</summary>
internal enum DecapReason : byte
{
    Delivered,
    Runt,
    BadLength,
    BadChecksum,
    BadHeader,
    /// <summary>The outer packet came in pieces: balancers never send such, and a piece alone shows no inner packet.</summary>
    FragmentUnknown,
    /// <summary>Another version, routing, or neither IPv4 nor IPv6 inside.</summary>
    GreUnsupported,
    /// <summary>Another variant, a control message, flags, or neither IPv4 nor IPv6 inside.</summary>
    GueUnsupported,
    SourceNotAllowed,
    /// <summary>Congestion was signalled on a packet whose inner header cannot carry the mark (RFC 6040, section 4.2).</summary>
    CongestionNotCarried,
    /// <summary>The TUN device did not take the packet (down, or no memory).</summary>
    HostFull,
}
