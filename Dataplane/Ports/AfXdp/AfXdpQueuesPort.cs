using RustyRail.Dataplane.Native;

namespace RustyRail.Dataplane.Ports.AfXdp;

/// <summary>
/// All queues that are served of a device, in turn, for one worker. A frame leaves by the queue that it came by: it lies in that one's memory. So a flow, which the
/// device keeps to a queue, keeps its order.
/// </summary>
internal unsafe struct AfXdpQueuesPort(AfXdpDevice device, int wakeFd) : IPort
{
    private readonly AfXdpDevice _device = device;
    private readonly XskQueue[] _queues = device.Queues;
    private readonly int _wakeFd = wakeFd;
    private int _turn;

    public readonly bool IsOpen
    {
        get
        {
            foreach (XskQueue queue in _queues)
            {
                if (!queue.IsOpen) return false;
            }

            return true;
        }
    }

    public int Receive(Span<PacketSlot> batch)
    {
        for (int tried = 0; tried < _queues.Length; tried++)
        {
            _turn = _turn + 1 < _queues.Length ? _turn + 1 : 0;
            int count = _queues[_turn].Receive(batch);
            if (count > 0) return count;
        }

        return 0;
    }

    public readonly int Transmit(ReadOnlySpan<PacketSlot> slots)
    {
        int next = 0;
        while (next < slots.Length)
        {
            int run = RunOfOne(slots[next..]), sent = _queues[XskQueue.NumberOf(slots[next])].Transmit(slots.Slice(next, run));
            next += sent;
            if (sent < run) break;
        }

        return next;
    }

    public readonly bool TryToHost(in PacketSlot slot) => _device.TryToHost(slot, _queues[XskQueue.NumberOf(slot)]);

    public readonly void Release(in PacketSlot slot) => _queues[XskQueue.NumberOf(slot)].Release(slot);

    public readonly void Flush()
    {
        foreach (XskQueue queue in _queues)
        {
            queue.Flush();
            _device.KeepHouse(queue);
        }
    }

    public readonly void Wait(int timeoutMilliseconds)
    {
        pollfd* fds = stackalloc pollfd[_queues.Length + 1];
        for (int i = 0; i < _queues.Length; i++)
        {
            fds[i] = new pollfd { fd = _queues[i].Fd, events = Libc.POLLIN };
            timeoutMilliseconds = _queues[i].LimitWait(timeoutMilliseconds);
        }

        fds[_queues.Length] = new pollfd { fd = _wakeFd, events = Libc.POLLIN };
        if (Libc.poll(fds, (nuint)_queues.Length + 1, timeoutMilliseconds) != 0) return;
        foreach (XskQueue queue in _queues) queue.CheckAlive();
    }

    private static int RunOfOne(ReadOnlySpan<PacketSlot> slots)
    {
        int queue = XskQueue.NumberOf(slots[0]), run = 1;
        while (run < slots.Length && XskQueue.NumberOf(slots[run]) == queue) run++;
        return run;
    }
}
