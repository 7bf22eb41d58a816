using RustyRail.Dataplane.Ports;

namespace RustyRail.Tests.Support.Ports;

/// <summary>A port whose frames lie in <see cref="GuardedBuffers"/>.</summary>
internal readonly struct GuardedPort(GuardedWire wire) : IPort
{
    public bool IsOpen => true;

    public int Receive(Span<PacketSlot> batch) => wire.Receive(batch);

    public int Transmit(ReadOnlySpan<PacketSlot> slots)
    {
        for (int i = 0; i < slots.Length; i++)
        {
            if (!wire.Leave(slots[i], GuardedExit.Transmitted)) return i;
        }

        return slots.Length;
    }

    public bool TryToHost(in PacketSlot slot) => wire.Leave(slot, GuardedExit.ToHost);

    public void Release(in PacketSlot slot) => wire.Leave(slot, GuardedExit.Released);

    public void Flush()
    {
    }

    public void Wait(int timeoutMilliseconds)
    {
    }
}

internal enum GuardedExit { None, Transmitted, ToHost, Released }
