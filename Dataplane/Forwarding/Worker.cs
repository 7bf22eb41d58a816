using System.Runtime.CompilerServices;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Ports;

namespace RustyRail.Dataplane.Forwarding;

/// <summary>
/// One port's packet loop. It polls while packets come and for a little while after, then sleeps in the kernel; asleep it holds no
/// snapshot. Owner: the thread that calls <see cref="Run"/>.
/// </summary>
internal sealed unsafe class Worker<TPort>(TPort port, Forwarder forwarder)
    where TPort : struct, IPort
{
    /// <summary>Long enough to bridge the gaps of steady traffic, short enough that an idle node uses next to no processor.</summary>
    private const long SpinMicroseconds = 60;

    /// <summary>A sleeping worker still sweeps its flows and beats its heart.</summary>
    private const int SleepMilliseconds = 100;

    private readonly PacketSlot[] _batch = GC.AllocateArray<PacketSlot>(Forwarder.BatchSize, pinned: true);
    private TPort _port = port;
    private volatile bool _stop;

    public ref TPort Port => ref _port;

    /// <summary>From any thread; the loop ends at its next turn.</summary>
    public void Stop() => _stop = true;

    public void Run()
    {
        long lastPacket = 0;
        while (!_stop && _port.IsOpen)
        {
            int packets = Turn(RegionFile.Now);
            long ticks = System.Diagnostics.Stopwatch.GetTimestamp();
            if (packets > 0) lastPacket = ticks;
            else if (ticks - lastPacket > SpinMicroseconds * (System.Diagnostics.Stopwatch.Frequency / 1_000_000)) Sleep();
        }

        forwarder.Reader.Rest();
    }

    /// <summary>One batch through port and pipeline; returns its size.</summary>
    public int Turn(long now)
    {
        forwarder.Refresh();
        int count = _port.Receive(_batch);
        if (count > 0)
        {
            Span<PacketSlot> slots = _batch.AsSpan(0, count);
            ulong bytes = 0;
            foreach (ref PacketSlot slot in slots) bytes += (uint)slot.Length;
            forwarder.Process(slots, now);
            Dispatch(slots, bytes);
        }

        _port.Flush();
        KeepHouse(now);
        return count;
    }

    private void Dispatch(Span<PacketSlot> slots, ulong receivedBytes)
    {
        Tally tally = forwarder.Tally;
        int forwarded = 0;
        ulong forwardedBytes = 0;
        PacketWork* packet = forwarder.Work;
        foreach (ref PacketSlot slot in slots)
        {
            if (packet->Verdict == Verdict.Forwarded && _port.TryTransmit(slot))
            {
                forwarded++;
                forwardedBytes += (uint)slot.Length;
                tally.Forwarded(packet, (uint)slot.Length);
            }
            else
            {
                Leave(ref *packet, slot);
                tally.NotForwarded(*packet);
            }

            packet++;
        }

        tally.Batch(slots.Length, receivedBytes, forwarded, forwardedBytes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Leave(ref PacketWork packet, in PacketSlot slot)
    {
        switch (packet.Verdict)
        {
            case Verdict.Forwarded:
                Discard(ref packet, slot, Reason.TxFull);
                break;
            case Verdict.Answered:
                if (!_port.TryTransmit(slot)) Discard(ref packet, slot, Reason.TxFull);
                break;
            case Verdict.Host:
                if (!_port.TryToHost(slot)) Discard(ref packet, slot, Reason.HostFull);
                break;
            default:
                _port.Release(slot);
                break;
        }
    }

    private void Discard(ref PacketWork packet, in PacketSlot slot, Reason reason)
    {
        packet.Drop(reason);
        _port.Release(slot);
    }

    private void KeepHouse(long now)
    {
        ReaderLine* line = forwarder.Reader.Line;
        if (line->Heartbeat == now) return;
        Volatile.Write(ref line->Heartbeat, now);
        forwarder.SweepFlows(now);
    }

    private void Sleep()
    {
        forwarder.Reader.Rest();
        _port.Wait(SleepMilliseconds);
    }
}
