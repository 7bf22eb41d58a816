using System.Runtime.CompilerServices;

namespace RustyRail.Dataplane.Ports.AfXdp;

/// <summary>One queue of a network device by AF_XDP. The device's owner disposes it after the worker has ended.</summary>
/// <param name="queue">Its number among those that are served.</param>
internal readonly struct AfXdpPort(AfXdpDevice device, int queue = 0) : IPort
{
    private readonly XskQueue _queue = device.Queues[queue];
    private readonly AfXdpDevice _device = device;

    /// <summary>Everything about the device that is not packets.</summary>
    public AfXdpDevice Device => _device;

    public bool IsOpen => _queue.IsOpen;

    /// <summary>Throws <see cref="PortException"/> with the reason in one line.</summary>
    public static AfXdpPort Open(AfXdpOptions options) => new(AfXdpOpening.Open(options));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Receive(Span<PacketSlot> batch) => _queue.Receive(batch);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Transmit(ReadOnlySpan<PacketSlot> slots) => _queue.Transmit(slots);

    public bool TryToHost(in PacketSlot slot) => _device.TryToHost(slot, _queue);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Release(in PacketSlot slot) => _queue.Release(slot);

    public void Flush()
    {
        _queue.Flush();
        _device.KeepHouse(_queue);
    }

    public void Wait(int timeoutMilliseconds) => _queue.Wait(timeoutMilliseconds);
}
