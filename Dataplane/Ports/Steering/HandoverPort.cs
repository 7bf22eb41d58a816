using System.Runtime.CompilerServices;

namespace RustyRail.Dataplane.Ports.Steering;

/// <summary>
/// The port of a worker that has no device of its own: what the steering worker hands over. What it sends counts as sent, since it leaves as soon as the wire
/// takes it. There is no way to the host from here: the steering worker has kept what is the host's.
/// </summary>
internal readonly struct HandoverPort(DecidingEnd end) : IPort
{
    private readonly DecidingEnd _end = end;

    public bool IsOpen => !_end.IsClosed;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Receive(Span<PacketSlot> batch) => _end.Take(batch);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Transmit(ReadOnlySpan<PacketSlot> slots)
    {
        _end.GiveBack(slots);
        return slots.Length;
    }

    public bool TryToHost(in PacketSlot slot) => false;

    public void Release(in PacketSlot slot) => _end.GiveBackUnsent(slot);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Flush() => _end.Publish();

    public void Wait(int timeoutMilliseconds) => _end.Wait(timeoutMilliseconds);
}
