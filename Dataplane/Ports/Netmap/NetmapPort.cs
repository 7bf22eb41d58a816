using System.Runtime.CompilerServices;

namespace RustyRail.Dataplane.Ports.Netmap;

/// <summary>A netmap port: a network device with its host's rings, a VALE port or a pipe. The device's owner disposes it after the worker has ended.</summary>
internal readonly struct NetmapPort(NetmapDevice device) : IPort
{
    private readonly NetmapQueue _queue = device.Queue;

    public bool IsOpen => _queue.IsOpen;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Receive(Span<PacketSlot> batch) => _queue.Receive(batch);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Transmit(ReadOnlySpan<PacketSlot> slots) => _queue.Transmit(slots);

    public bool TryToHost(in PacketSlot slot) => _queue.TryToHost(slot);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Release(in PacketSlot slot) => _queue.Release(slot);

    public void Flush() => _queue.Flush();

    public void Wait(int timeoutMilliseconds) => _queue.Wait(timeoutMilliseconds);
}
