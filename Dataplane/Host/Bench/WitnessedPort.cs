using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Memory;

namespace RustyRail.Dataplane.Host.Bench;

/// <summary>A <see cref="MemoryPort"/> whose leaving frames are looked at.</summary>
internal readonly struct WitnessedPort(MemoryWire wire, RoutingWitness witness) : IPort
{
    private readonly MemoryPort _port = new(wire);

    public bool IsOpen => _port.IsOpen;

    public int Receive(Span<PacketSlot> batch) => _port.Receive(batch);

    public int Transmit(ReadOnlySpan<PacketSlot> slots)
    {
        foreach (ref readonly PacketSlot slot in slots) witness.See(slot);
        return _port.Transmit(slots);
    }

    public bool TryToHost(in PacketSlot slot) => _port.TryToHost(slot);

    public void Release(in PacketSlot slot) => _port.Release(slot);

    public void Flush() => _port.Flush();

    public void Wait(int timeoutMilliseconds) => _port.Wait(timeoutMilliseconds);
}
