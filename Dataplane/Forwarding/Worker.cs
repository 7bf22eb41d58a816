using System.Runtime.CompilerServices;
using RustyRail.Contract.Region;
using RustyRail.Dataplane.Ports;

namespace RustyRail.Dataplane.Forwarding;

/// <summary>
/// One port's packet loop. It polls while packets come and for a little while after, then sleeps in the kernel; asleep it holds no
/// snapshot. Owner: the thread that calls <see cref="Run"/>.
/// </summary>
internal sealed unsafe class Worker<TPort>
    where TPort : struct, IPort
{
    /// <summary>Long enough to bridge the gaps of steady traffic, short enough that an idle node uses next to no processor.</summary>
    public const long SpinMicroseconds = 60;

    /// <summary>A sleeping worker still sweeps its flows and beats its heart.</summary>
    private const int SleepMilliseconds = 100;

    private readonly PacketSlot[] _batch = GC.AllocateArray<PacketSlot>(Forwarder.BatchSize, pinned: true);
    private readonly PacketSlot* _firstSlot;
    private readonly Forwarder _forwarder;
    private TPort _port;
    private volatile bool _stop;

    public Worker(TPort port, Forwarder forwarder)
    {
        _port = port;
        _forwarder = forwarder;
        _firstSlot = (PacketSlot*)Unsafe.AsPointer(ref _batch[0]);
    }

    public ref TPort Port => ref _port;

    /// <summary>From any thread; the loop ends at its next turn.</summary>
    public void Stop() => _stop = true;

    public void Run()
    {
        long idleSince = 0;
        while (!_stop && _port.IsOpen)
        {
            if (Turn(RegionFile.Now) > 0)
            {
                idleSince = 0;
                continue;
            }

            long ticks = System.Diagnostics.Stopwatch.GetTimestamp();
            if (idleSince == 0) idleSince = ticks;
            else if (ticks - idleSince > SpinMicroseconds * (System.Diagnostics.Stopwatch.Frequency / 1_000_000)) Sleep();
        }

        _forwarder.Reader.Rest();
    }

    /// <summary>One batch through port and pipeline; returns its size.</summary>
    public int Turn(long now)
    {
        _forwarder.Refresh();
        int count = _port.Receive(_batch);
        if (count > 0)
        {
            bool areAll = _forwarder.Process(_firstSlot, count, now);
            Leave(count, areAll);
        }

        _port.Flush();
        KeepHouse(now);
        return count;
    }

    /// <summary>In order; what is forwarded leaves run by run.</summary>
    private void Leave(int count, bool areAllForwarded)
    {
        PacketWork* packets = _forwarder.Work;
        for (int next = 0; next < count;)
        {
            int end = areAllForwarded ? count : EndOfRun(packets, next, count);
            if (end > next)
            {
                int sent = _port.Transmit(new ReadOnlySpan<PacketSlot>(_firstSlot + next, end - next));
                _forwarder.Tally.Forwarded(packets + next, _firstSlot + next, sent);
                next += sent;
            }

            if (next < count && (next < end || !areAllForwarded)) LeaveOtherwise(packets + next, _firstSlot + next++);
        }
    }

    private static int EndOfRun(PacketWork* packets, int next, int count)
    {
        while (next < count && packets[next].Verdict == Verdict.Forwarded) next++;
        return next;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LeaveOtherwise(PacketWork* packet, PacketSlot* slot)
    {
        bool isGone = packet->Verdict switch
        {
            Verdict.Answered => _port.Transmit(new ReadOnlySpan<PacketSlot>(slot, 1)) == 1,
            Verdict.Host => _port.TryToHost(*slot),
            _ => false,
        };
        if (!isGone)
        {
            // What was to leave found no room.
            if (packet->Verdict == Verdict.Host) packet->Drop(Reason.HostFull);
            else if (packet->Verdict != Verdict.Dropped) packet->Drop(Reason.TxFull);
            _port.Release(*slot);
        }

        _forwarder.Tally.NotForwarded(*packet);
    }

    private void KeepHouse(long now)
    {
        ReaderLine* line = _forwarder.Reader.Line;
        if (line->Heartbeat == now) return;
        Volatile.Write(ref line->Heartbeat, now);
        _forwarder.SweepFlows(now);
    }

    private void Sleep()
    {
        _forwarder.Reader.Rest();
        _port.Wait(SleepMilliseconds);
    }
}
