using System.Runtime.CompilerServices;

namespace RustyRail.Dataplane.Ports.AfPacket;

/// <summary>One worker's share of a device by AF_PACKET. The device's owner disposes it after the worker has ended.</summary>
internal readonly struct AfPacketPort(AfPacketDevice device) : IPort
{
    private readonly AfPacketQueue _queue = device.Queue;
    private readonly AfPacketDevice _device = device;

    /// <summary>Everything about the device that is not packets.</summary>
    public AfPacketDevice Device => _device;

    public bool IsOpen => _queue.IsOpen;

    /// <summary>Throws <see cref="PortException"/> with the reason in one line.</summary>
    public static AfPacketPort Open(AfPacketOptions options) => new(AfPacketOpening.Open(options));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Receive(Span<PacketSlot> batch) => _queue.Receive(batch);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Transmit(ReadOnlySpan<PacketSlot> slots) => _queue.Transmit(slots);

    public bool TryToHost(in PacketSlot slot) => _device.TryToHost(slot);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Release(in PacketSlot slot) => AfPacketQueue.Release(slot);

    public void Flush() => _device.Flush();

    public void Wait(int timeoutMilliseconds) => _queue.Wait(timeoutMilliseconds);
}
