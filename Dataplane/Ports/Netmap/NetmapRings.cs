using System.Runtime.CompilerServices;
using RustyRail.Dataplane.Native;

namespace RustyRail.Dataplane.Ports.Netmap;

/// <summary>
/// The packet path over a port's rings and the host's, all in one memory; no system calls. Frames change hands by exchanging buffers, so
/// a full ring never takes a buffer from another. Owner: the worker thread.
/// </summary>
internal sealed unsafe class NetmapRings
{
    private readonly NetmapRing[] _receive;
    private readonly NetmapRing[] _transmit;
    private readonly NetmapRing[] _transmitOf;
    private readonly NetmapRing? _fromHost;
    private readonly NetmapRing? _toHost;
    private readonly DetachedFrames? _detached;

    // All frames of a batch come from one ring; these two are that one and the one that they leave by.
    private NetmapRing _from, _to;
    private int _turn;
    private int _lent;

    /// <param name="detached">Null: all frames of a batch are back before the next.</param>
    public NetmapRings(NetmapRing[] receive, NetmapRing[] transmit, NetmapRing? fromHost, NetmapRing? toHost, DetachedFrames? detached = null)
    {
        _detached = detached;
        _receive = receive;
        _transmit = transmit;
        // A frame leaves by the ring of the number that it came by, as far as there are as many.
        _transmitOf = new NetmapRing[receive.Length];
        for (int number = 0; number < receive.Length; number++) _transmitOf[number] = transmit[number % transmit.Length];
        (_from, _to) = (_receive[0], _transmitOf[0]);
        _fromHost = fromHost;
        _toHost = toHost;
    }

    /// <summary>Null where frames do not come back late.</summary>
    public SpareBuffers? Spares => _detached?.Spares;

    public NetmapRing? FromHost => _fromHost;

    public NetmapRing? ToHost => _toHost;

    /// <summary>Frames of the host that are in a transmit ring or beyond.</summary>
    public long HostFramesSent { get; private set; }

    public bool HasReceived
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            foreach (NetmapRing ring in _receive)
            {
                if (ring.Available > 0) return true;
            }

            return false;
        }
    }

    /// <summary>The most that one transmit ring holds for the kernel's next look.</summary>
    public int PendingTransmit
    {
        get
        {
            int most = 0;
            foreach (NetmapRing ring in _transmit) most = Math.Max(most, ring.Pending);
            return most;
        }
    }

    public bool HasHostFrames => _fromHost is { Available: > 0 };

    public bool IsTransmitDrained
    {
        get
        {
            foreach (NetmapRing ring in _transmit)
            {
                if (!ring.IsDrained) return false;
            }

            return true;
        }
    }

    /// <summary>From one ring that has any, the rings in turn. All that was lent before is back, or detached.</summary>
    public int Receive(Span<PacketSlot> batch)
    {
        for (int tried = 0; tried < _receive.Length; tried++)
        {
            if (_receive.Length > 1) Turn();
            int count = _detached is null ? _lent = _from.Lend(batch) : _detached.Lend(_from, _turn, batch);
            if (count > 0) return count;
        }

        return 0;
    }

    public int Transmit(ReadOnlySpan<PacketSlot> slots)
    {
        if (_detached is not null) return _detached.Transmit(_transmitOf, slots);
        int sent = _to.Exchange(_from, slots);
        _lent -= sent;
        return sent;
    }

    /// <summary>
    /// Tunnel headers that the host must not see are left out: the Ethernet header with its tags moves up to the inner packet, in the buffer's
    /// own bytes.
    /// </summary>
    public bool TryToHost(in PacketSlot slot)
    {
        if (_toHost is null || _toHost.Available == 0) return false;
        int skipped = slot.TunnelBytes;
        if (skipped > 0) LinkHeader.Of(slot).MoveUp(slot.Data, skipped);
        if (_detached is not null) return _detached.TryToHost(_toHost, slot, skipped);
        if (!_toHost.TryExchange(_from, _from.Slot((uint)slot.Cookie), slot.Headroom + skipped, slot.Length - skipped)) return false;
        _lent--;
        return true;
    }

    /// <summary>The same where another worker has the host's rings; the slot is still to be released.</summary>
    public static bool TryToLane(HostLane lane, in PacketSlot slot)
    {
        if (slot.TunnelBytes > 0) LinkHeader.Of(slot).MoveUp(slot.Data, slot.TunnelBytes);
        return lane.TryPut(slot, slot.TunnelBytes);
    }

    public void Release(in PacketSlot slot)
    {
        if (_detached is null) _lent--;
        else _detached.Release(slot);
    }

    /// <summary>The receive slots go back once none of them is lent: until then a slot in the middle may still be the worker's.</summary>
    public void ReturnReceived()
    {
        if (_lent != 0) return;
        foreach (NetmapRing ring in _receive) ring.ReturnLent();
    }

    /// <summary>What the host sends takes the transmit rings in turn; what finds no room waits in the host's own ring.</summary>
    public void PassHostFrames(int limit)
    {
        if (_fromHost is null) return;
        foreach (NetmapRing ring in _transmit)
        {
            int moved = ring.ExchangeAll(_fromHost, limit);
            HostFramesSent += moved;
            limit -= moved;
            if (limit == 0 || _fromHost.Available == 0) return;
        }
    }

    /// <summary>Every buffer of every slot is counted; each must be in one place only.</summary>
    public NetmapCensus Count()
    {
        HashSet<uint> seen = [];
        int slots = 0, wrong = 0;
        if (_detached is not null)
        {
            wrong = _detached.Spares.Total - _detached.Spares.Count;
            slots = _detached.Spares.Total;
            foreach (uint buffer in _detached.Spares.Free) seen.Add(buffer);
        }

        foreach (NetmapRing? ring in (NetmapRing?[])[.. _receive, .. _transmit, _fromHost, _toHost])
        {
            if (ring is null) continue;
            slots += ring.Slots;
            for (int i = 0; i < ring.Slots; i++)
            {
                uint buffer = ring.BufferIndex(i);
                if (buffer < NetmapAbi.FirstBuffer || !seen.Add(buffer)) wrong++;
            }
        }

        return new NetmapCensus(slots, wrong);
    }

    private void Turn()
    {
        _turn = _turn + 1 < _receive.Length ? _turn + 1 : 0;
        (_from, _to) = (_receive[_turn], _transmitOf[_turn]);
    }
}

/// <summary>Slots of all rings and places of spare buffers, and how many of them do not hold a buffer of their own.</summary>
internal readonly record struct NetmapCensus(int Slots, int Lost);
