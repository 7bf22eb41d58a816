namespace RustyRail.Dataplane.Ports;

/// <summary>
/// One frame on loan from a port. Between <see cref="IPort.Receive"/> and the one call that gives it back
/// (<c>Transmit</c> or <c>TryToHost</c> that took it, or <c>Release</c>) the worker owns the bytes.
/// </summary>
internal unsafe struct PacketSlot
{
    /// <summary>First byte of the Ethernet header. The worker may move it within head and tail room.</summary>
    public byte* Data;

    /// <summary>Bytes of the frame, without frame check sequence.</summary>
    public int Length;

    /// <summary>Writable bytes before <see cref="Data"/>; encapsulation grows into them.</summary>
    public int Headroom;

    /// <summary>Writable bytes behind the frame.</summary>
    public int Tailroom;

    /// <summary>Bytes of tunnel headers behind the Ethernet header that the host must not see; 0 for a frame that it may have as it is.</summary>
    public int TunnelBytes;

    /// <summary>
    /// True for a frame that a port's filter keeps from the host, i.e. one that is ours by the rules but that no service takes: only through
    /// the port can it still get there. All others the host has already where the port sees copies (AF_PACKET). Set by the pipeline.
    /// </summary>
    public bool KeptFromHost;

    /// <summary>The port's own name for the buffer (UMEM address, ring slot); the worker leaves it alone.</summary>
    public ulong Cookie;
}
