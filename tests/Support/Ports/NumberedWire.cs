using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Memory;

namespace RustyRail.Tests.Support.Ports;

/// <summary>A wire in memory for <see cref="NumberedFlows"/>. Owner: the worker's thread; <see cref="Gone"/> is for all.</summary>
internal sealed unsafe class NumberedWire : IDisposable
{
    private const int Headroom = 384, BufferBytes = 1024;

    private readonly FramePool _pool;
    private readonly int _buffers;
    private readonly WakeEvent _wake;
    private long _toSend, _gone, _sent;

    public NumberedWire(WakeEvent wake, int buffers = 512)
    {
        _wake = wake;
        _pool = new FramePool(buffers, Headroom, BufferBytes);
        _buffers = buffers;
    }

    public NumberedFlows Flows { get; } = new();

    /// <summary>Packets that have left by any way.</summary>
    public long Gone => Volatile.Read(ref _gone);

    public int OnLoan => _buffers - _pool.FreeCount;

    /// <summary>In percent, how often the wire takes only a part of what is to be sent.</summary>
    public int Refuses { get; set; }

    public void Send(long packets) => Volatile.Write(ref _toSend, packets);

    public int Receive(Span<PacketSlot> batch)
    {
        int count = (int)Math.Min(Math.Min(1 + Flows.Random(batch.Length), Volatile.Read(ref _toSend) - _sent), _pool.FreeCount);
        for (int i = 0; i < count; i++) batch[i] = _pool.Take(Flows.Next());
        _sent += count;
        return count;
    }

    public int Transmit(ReadOnlySpan<PacketSlot> slots)
    {
        int count = Refuses > 0 && Flows.Random(100) < Refuses ? Flows.Random(slots.Length) : slots.Length;
        foreach (ref readonly PacketSlot slot in slots[..count])
        {
            Flows.TryCheck(new ReadOnlySpan<byte>(slot.Data, slot.Length));
            Leave(slot);
        }

        return count;
    }

    public void Leave(in PacketSlot slot)
    {
        _pool.Give(slot);
        Volatile.Write(ref _gone, _gone + 1);
    }

    public void Wait(int timeoutMilliseconds)
    {
        if (_sent == Volatile.Read(ref _toSend) || _pool.FreeCount == 0) _wake.Wait(timeoutMilliseconds);
    }

    public void Dispose() => _pool.Dispose();
}

/// <summary>See <see cref="NumberedWire"/>.</summary>
internal readonly struct NumberedPort(NumberedWire wire) : IPort
{
    public bool IsOpen => true;

    public int Receive(Span<PacketSlot> batch) => wire.Receive(batch);

    public int Transmit(ReadOnlySpan<PacketSlot> slots) => wire.Transmit(slots);

    public bool TryToHost(in PacketSlot slot)
    {
        wire.Leave(slot);
        return true;
    }

    public void Release(in PacketSlot slot) => wire.Leave(slot);

    public void Flush()
    {
    }

    public void Wait(int timeoutMilliseconds) => wire.Wait(timeoutMilliseconds);
}
