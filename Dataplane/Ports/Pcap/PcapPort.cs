namespace RustyRail.Dataplane.Ports.Pcap;

/// <summary>A port over capture files: what it receives comes from one, what it transmits goes to the other.</summary>
internal readonly struct PcapPort(PcapWire wire) : IPort
{
    public bool IsOpen => wire.IsOpen;

    public int Receive(Span<PacketSlot> batch) => wire.Receive(batch);

    public int Transmit(ReadOnlySpan<PacketSlot> slots) => wire.Transmit(slots);

    public bool TryToHost(in PacketSlot slot) => wire.TryToHost(slot);

    public void Release(in PacketSlot slot) => wire.Release(slot);

    public void Flush()
    {
        // Every frame was written when it was transmitted.
    }

    public void Wait(int timeoutMilliseconds)
    {
        // A file is always ready.
    }
}
