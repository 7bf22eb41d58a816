using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Memory;

namespace RustyRail.Tests.Support.Ports;

/// <summary>The memory port, or a live one beside it: each batch comes from one of them and goes back to it.</summary>
internal readonly struct TestPort(MemoryWire wire, LivePipe? live) : IPort
{
    private readonly MemoryPort _memory = new(wire);
    private readonly LiveBatch? _live = live is null ? null : new LiveBatch(live);

    /// <summary>What the worker did not send anywhere.</summary>
    public List<byte[]> Released => _live?.Released ?? [];

    public bool IsOpen => _memory.IsOpen;

    public int Receive(Span<PacketSlot> batch)
    {
        int count = _memory.Receive(batch);
        if (_live is null) return count;
        _live.IsCurrent = count == 0;
        return count > 0 ? count : _live.Port.Receive(batch);
    }

    public int Transmit(ReadOnlySpan<PacketSlot> slots) => _live is { IsCurrent: true } ? _live.Port.Transmit(slots) : _memory.Transmit(slots);

    public bool TryToHost(in PacketSlot slot) => _live is { IsCurrent: true } ? _live.Port.TryToHost(slot) : _memory.TryToHost(slot);

    public unsafe void Release(in PacketSlot slot)
    {
        if (_live is not { IsCurrent: true })
        {
            _memory.Release(slot);
            return;
        }

        _live.Released.Add(new ReadOnlySpan<byte>(slot.Data, slot.Length).ToArray());
        _live.Port.Release(slot);
    }

    public void Flush()
    {
        _memory.Flush();
        _live?.Port.Flush();
    }

    public void Wait(int timeoutMilliseconds) => _memory.Wait(timeoutMilliseconds);

    private sealed class LiveBatch(LivePipe pipe)
    {
        public Dataplane.Ports.Netmap.NetmapPort Port { get; } = pipe.Port;
        public List<byte[]> Released { get; } = [];
        public bool IsCurrent { get; set; }
    }
}
