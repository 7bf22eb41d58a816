namespace RustyRail.Dataplane.Ports.Memory;

/// <summary>A port without a network: the frames come from and go to a <see cref="MemoryWire"/> that the test or the benchmark holds.</summary>
internal readonly struct MemoryPort(MemoryWire wire) : IPort
{
    public bool IsOpen => wire.IsOpen;

    public int Receive(Span<PacketSlot> batch) => wire.Receive(batch);

    public int Transmit(ReadOnlySpan<PacketSlot> slots) => wire.Transmit(slots);

    public bool TryToHost(in PacketSlot slot) => wire.TryToHost(slot);

    public void Release(in PacketSlot slot) => wire.Release(slot);

    public void Flush() => wire.Flush();

    public void Wait(int timeoutMilliseconds) => wire.Wait();
}
