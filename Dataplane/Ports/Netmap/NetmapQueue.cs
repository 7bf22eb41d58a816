using System.Runtime.CompilerServices;
using RustyRail.Dataplane.Native;

namespace RustyRail.Dataplane.Ports.Netmap;

/// <summary>
/// The packet path with its system calls. The kernel looks at a ring only when called, so calls are saved up while there is work: the
/// receive rings are shown when they are empty, the transmit rings when there is nothing left to receive or enough has piled up.
/// Owner: the worker thread.
/// </summary>
internal sealed unsafe class NetmapQueue
{
    /// <summary>Frames after which a ring is shown to the kernel although there is more to do, so that both sides work at once.</summary>
    private const int Burst = 256;

    /// <summary>Batches after which the host's rings are looked at although the device has more.</summary>
    private const int HostEvery = 8;

    private const int HostFramesPerTurn = 64, ErrorPauseMilliseconds = 10, ErrorsUntilClosed = 50;

    private readonly NetmapBinding _device;
    private readonly NetmapBinding? _host;
    private readonly NetmapRing[] _receive;
    private readonly NetmapRing[] _transmit;
    private readonly NetmapRings _rings;
    private readonly HostLanes? _lanes;
    private readonly HostLane? _lane;
    private readonly int _wakeFd;
    private int _sinceReceiveSync;
    private int _sinceHostSync;
    private int _errors;
    private bool _triedForRoom;

    public NetmapQueue(NetmapBinding device, NetmapBinding? host, MappedRegion memory, NetmapOptions options)
    {
        _device = device;
        _host = host;
        _wakeFd = options.WakeFd;
        (_lanes, _lane) = (options.FromOthers, options.ToFirst);
        (_receive, _transmit) = device.Rings(memory);
        (NetmapRing[] fromHost, NetmapRing[] toHost) = host?.Rings(memory) ?? ([], []);
        // A worker serves the first of several host rings; a device has one unless it was configured otherwise.
        _rings = new NetmapRings(_receive, _transmit, fromHost.Length > 0 ? fromHost[0] : null, toHost.Length > 0 ? toHost[0] : null, device.TakeSpares(memory));
    }

    /// <summary>False once the device has gone or its rings refuse every call; a new process opens it anew.</summary>
    public bool IsOpen { get; private set; } = true;

    public NetmapRings Rings => _rings;

    public int ReceiveRings => _receive.Length;

    public int BufferBytes => _receive[0].BufferBytes;

    /// <summary>Frames that never reached the worker. Read by any thread.</summary>
    public ulong LostFrames
    {
        get
        {
            long lost = 0;
            foreach (NetmapRing ring in _receive) lost += ring.Skipped;
            return (ulong)lost;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Receive(Span<PacketSlot> batch)
    {
        if (_sinceReceiveSync >= Burst || !_rings.HasReceived) SyncReceive();
        int count = _rings.Receive(batch);
        _sinceReceiveSync += count;
        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Transmit(ReadOnlySpan<PacketSlot> slots)
    {
        int sent = _rings.Transmit(slots);
        return sent < slots.Length && TryMakeRoom() ? sent + _rings.Transmit(slots[sent..]) : sent;
    }

    public bool TryToHost(in PacketSlot slot)
    {
        if (_lane is not null) return TryToFirst(slot);
        if (_rings.TryToHost(slot)) return true;
        if (_host is null || _rings.ToHost is null) return false;
        SyncHostTransmit();
        return _rings.TryToHost(slot);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Release(in PacketSlot slot) => _rings.Release(slot);

    public void Flush()
    {
        _rings.ReturnReceived();
        _triedForRoom = false;
        bool isIdle = !_rings.HasReceived;
        if (_host is not null) ServeHost(isIdle);
        if (isIdle ? !_rings.IsTransmitDrained : _rings.PendingTransmit >= Burst) SyncTransmit();
    }

    public void Wait(int timeoutMilliseconds)
    {
        _lanes?.Wake.BeginSleep();
        if (_lanes is not { HasFrames: true }) Poll(timeoutMilliseconds);
        _lanes?.Wake.EndSleep();
    }

    private void Poll(int timeoutMilliseconds)
    {
        // The host's frames that found no room would end every wait at once: wait for room instead.
        bool isStuck = _rings.HasHostFrames;
        pollfd* fds = stackalloc pollfd[4];
        fds[0] = new pollfd { fd = _device.Fd, events = (short)(isStuck ? Libc.POLLIN | Libc.POLLOUT : Libc.POLLIN) };
        fds[1] = new pollfd { fd = _wakeFd, events = Libc.POLLIN }; // poll ignores a negative one
        fds[2] = new pollfd { fd = isStuck || _host is null ? -1 : _host.Fd, events = Libc.POLLIN };
        fds[3] = new pollfd { fd = _lanes is null ? -1 : _lanes.Wake.Descriptor, events = Libc.POLLIN };
        BeforeCall();
        _ = Libc.poll(fds, 4, timeoutMilliseconds);
        AfterCall();
        _sinceReceiveSync = 0;
        bool isBad = ((fds[0].revents | fds[2].revents) & (Libc.POLLERR | Libc.POLLNVAL)) != 0;
        if (isBad) Suspect();
        else _errors = 0;
    }

    /// <summary>At the end: what was queued leaves, as far as the kernel takes it within the time.</summary>
    public void Drain(int timeoutMilliseconds)
    {
        _rings.ReturnReceived();
        long deadline = Environment.TickCount64 + timeoutMilliseconds;
        do
        {
            if (_host is not null) SyncHostTransmit();
            SyncTransmit();
            if (_rings.IsTransmitDrained) return;
            _ = Libc.poll(null, 0, 1);
        }
        while (IsOpen && Environment.TickCount64 < deadline);
    }

    private void ServeHost(bool isIdle)
    {
        if (!isIdle && ++_sinceHostSync < HostEvery) return;
        _sinceHostSync = 0;
        if (_rings.FromHost is { } fromHost)
        {
            fromHost.BeforeCall();
            _host!.SyncReceive();
            fromHost.AfterCall();
            _rings.PassHostFrames(HostFramesPerTurn);
        }

        if (_rings.ToHost is not { } toHost) return;
        _lanes?.Empty(toHost);
        if (toHost.Pending > 0) SyncHostTransmit();
    }

    private bool TryToFirst(in PacketSlot slot)
    {
        if (!NetmapRings.TryToLane(_lane!, slot)) return false;
        _rings.Release(slot);
        return true;
    }

    private bool TryMakeRoom()
    {
        if (_triedForRoom) return false;
        _triedForRoom = true;
        SyncTransmit();
        return true;
    }

    private void SyncReceive()
    {
        _sinceReceiveSync = 0;
        foreach (NetmapRing ring in _receive) ring.BeforeCall();
        if (!_device.SyncReceive()) Suspect();
        foreach (NetmapRing ring in _receive) ring.AfterCall();
    }

    private void SyncTransmit()
    {
        foreach (NetmapRing ring in _transmit) ring.Push();
        _device.SyncTransmit();
        foreach (NetmapRing ring in _transmit) ring.AfterCall();
    }

    private void SyncHostTransmit()
    {
        _rings.ToHost!.Push();
        _host!.SyncTransmit();
        _rings.ToHost.AfterCall();
    }

    // A poll is a call for every ring of its descriptors.
    private void BeforeCall()
    {
        foreach (NetmapRing ring in _receive) ring.BeforeCall();
        foreach (NetmapRing ring in _transmit) ring.Push();
        _rings.FromHost?.BeforeCall();
        _rings.ToHost?.Push();
    }

    private void AfterCall()
    {
        foreach (NetmapRing ring in _receive) ring.AfterCall();
        foreach (NetmapRing ring in _transmit) ring.AfterCall();
        _rings.FromHost?.AfterCall();
        _rings.ToHost?.AfterCall();
    }

    // An error of a ring is mended by the call that reports it; one that stays means that the device is gone or has left netmap.
    private void Suspect()
    {
        if (++_errors >= ErrorsUntilClosed) IsOpen = false;
        else _ = Libc.poll(null, 0, ErrorPauseMilliseconds);
    }
}
