using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Steering;

namespace RustyRail.Dataplane.Forwarding.Steering;

/// <summary>
/// The steering worker's port: the device's own, of which it sees what belongs to no flow. The rest goes to other workers before it is looked at closely, and
/// what they have decided leaves first. Slots come back late and across batches, which the device's port must allow.
/// </summary>
internal struct SteeringPort<TPort>(TPort port, Handover handover) : IPort
    where TPort : struct, IPort
{
    /// <summary>Before the wire is tried again with what it did not take.</summary>
    private const int WireRetryMilliseconds = 1;

    private readonly Handover _handover = handover;
    private TPort _port = port;
    private bool _isActive;
    private long _activeAt;

    public readonly bool IsOpen => _port.IsOpen;

    public unsafe int Receive(Span<PacketSlot> batch)
    {
        Collect();
        int count = _port.Receive(batch);
        if (count == 0) return 0;
        _isActive = true;
        return Spread((PacketSlot*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(batch)), count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Transmit(ReadOnlySpan<PacketSlot> slots) => _port.Transmit(slots);

    public bool TryToHost(in PacketSlot slot) => _port.TryToHost(slot);

    public void Release(in PacketSlot slot) => _port.Release(slot);

    public void Flush() => _port.Flush();

    /// <summary>A worker that only hands over seems idle to its loop: how long it polls on is decided here.</summary>
    public void Wait(int timeoutMilliseconds)
    {
        long ticks = Stopwatch.GetTimestamp();
        if (_isActive) _activeAt = ticks;
        _isActive = false;
        if (ticks - _activeAt > Worker<TPort>.SpinMicroseconds * (Stopwatch.Frequency / 1_000_000)) Sleep(timeoutMilliseconds);
    }

    /// <summary>
    /// After the worker's last turn: sends what comes back until all is back, then ends the other workers' loops. Returns how many slots were still away when the
    /// time was over.
    /// </summary>
    public int ComeHome(int timeoutMilliseconds)
    {
        long deadline = RegionFile.Now + timeoutMilliseconds;
        do
        {
            Collect();
            _port.Flush();
            if (_handover.Away == 0) break;
            Sleep(WireRetryMilliseconds);
        }
        while (RegionFile.Now < deadline);

        foreach (HandingEnd end in _handover.Ends) ReleaseReturned(end);
        _port.Flush();
        _handover.Close();
        return _handover.Away;
    }

    /// <summary>Keeps the steering worker's own at the front of the batch, whose pinned memory this is, and returns how many.</summary>
    private unsafe int Spread(PacketSlot* slots, int count)
    {
        byte* chosen = _handover.Choose(slots, count);
        int own = 0;
        for (int i = 0; i < count; i++)
        {
            if (chosen[i] == WorkerChoice.Steerer) slots[own++] = slots[i];
            else if (!_handover.TryHand(chosen[i], slots[i])) _port.Release(slots[i]);
        }

        _handover.Publish();
        return own;
    }

    private void Sleep(int timeoutMilliseconds)
    {
        if (_handover.IsHeldByWire) timeoutMilliseconds = Math.Min(timeoutMilliseconds, WireRetryMilliseconds);
        _handover.Wake.BeginSleep();
        if (_handover.IsQuiet) _port.Wait(timeoutMilliseconds);
        _handover.Wake.EndSleep();
    }

    private void Collect()
    {
        foreach (HandingEnd end in _handover.Ends)
        {
            end.IsHeldByWire = false;
            for (Span<PacketSlot> returned = end.Returned(); returned.Length > 0 && !end.IsHeldByWire; returned = end.Returned()) Send(end, returned);
        }
    }

    /// <summary>In order, run by run; behind what the wire does not take now all the rest waits.</summary>
    private void Send(HandingEnd end, Span<PacketSlot> returned)
    {
        int next = 0;
        while (next < returned.Length && !end.IsHeldByWire)
        {
            int run = UnsentSlot.RunBefore(returned[next..]);
            if (run == 0)
            {
                _port.Release(UnsentSlot.Restore(returned[next++]));
                continue;
            }

            int sent = _port.Transmit(returned.Slice(next, run));
            next += sent;
            end.IsHeldByWire = sent < run;
        }

        end.Leave(next);
        _isActive |= next > 0;
    }

    private void ReleaseReturned(HandingEnd end)
    {
        for (Span<PacketSlot> returned = end.Returned(); returned.Length > 0; returned = end.Returned())
        {
            foreach (ref PacketSlot slot in returned) _port.Release(UnsentSlot.Is(slot) ? UnsentSlot.Restore(slot) : slot);
            end.Leave(returned.Length);
        }
    }
}
