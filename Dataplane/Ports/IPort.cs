namespace RustyRail.Dataplane.Ports;

/// <summary>
/// What moves frames. Used only as a generic constraint on structs, so that the packet loop has no interface calls.
/// Owner of every call: the one worker thread that the port belongs to.
/// </summary>
internal interface IPort
{
    /// <summary>Lends up to <c>batch.Length</c> received frames and returns how many; 0 when there is nothing now. Never blocks.</summary>
    int Receive(Span<PacketSlot> batch);

    /// <summary>Queues frames for the wire, in order, until the ring is full; returns how many, the others are still the worker's. Never blocks.</summary>
    int Transmit(ReadOnlySpan<PacketSlot> slots);

    /// <summary>Queues the unchanged frame for the host's own stack. False: no room, the slot is still the worker's. Never blocks.</summary>
    bool TryToHost(in PacketSlot slot);

    /// <summary>Gives a frame back unused.</summary>
    void Release(in PacketSlot slot);

    /// <summary>Once per loop turn, after the batch: starts transmission, collects sent frames, refills the receive side.</summary>
    void Flush();

    /// <summary>Sleeps until there may be input, a signal arrives or the time is over. The worker is quiescent meanwhile.</summary>
    void Wait(int timeoutMilliseconds);

    /// <summary>False once the port can never deliver again (end of a capture, device gone).</summary>
    bool IsOpen { get; }
}
