using RustyRail.Dataplane.Native;
using RustyRail.Dataplane.Ports.Netmap;
using static RustyRail.Dataplane.Native.NetmapAbi;

namespace RustyRail.Lab.NetmapLoad;

/// <summary>One port whose first rings are filled and read by copying, nothing saved up: plain on purpose, it checks the balancer's port.</summary>
internal sealed unsafe class LoadPort : IDisposable
{
    private readonly NetmapBinding _binding;
    private readonly MappedRegion _memory;
    private readonly netmap_ring* _transmit;
    private readonly netmap_ring* _receive;

    private LoadPort(string name, ushort memoryId)
    {
        Name = name;
        _binding = NetmapBinding.Open(new NetmapRequest(name, NR_REG_ALL_NIC, 0, memoryId, HeadroomBytes: 0));
        _memory = _binding.Map();
        (NetmapRing[] receive, NetmapRing[] transmit) = _binding.Rings(_memory);
        _receive = receive[0].Mapped;
        _transmit = transmit[0].Mapped;
    }

    public string Name { get; }

    public int Fd => _binding.Fd;

    public static LoadPort Open(string name, ushort memoryId = 0) => new(name, memoryId);

    /// <summary>Memory for one frame to send, or null when the ring is full; <see cref="Sent"/> hands it over.</summary>
    public byte* NextFree(out netmap_slot* slot)
    {
        slot = Slot(_transmit, _transmit->head);
        return _transmit->head == _transmit->tail ? null : Buffer(_transmit, slot);
    }

    public void Sent() => _transmit->head = _transmit->cur = After(_transmit, _transmit->head);

    /// <summary>The oldest received frame, or null; <see cref="Done"/> gives it back.</summary>
    public byte* NextReceived(out int length)
    {
        netmap_slot* slot = Slot(_receive, _receive->head);
        length = slot->len;
        return _receive->head == _receive->tail ? null : Buffer(_receive, slot);
    }

    public void Done() => _receive->head = _receive->cur = After(_receive, _receive->head);

    /// <summary>Gives all received frames back unseen; returns how many.</summary>
    public int DiscardReceived()
    {
        int count = (int)_receive->tail - (int)_receive->head;
        _receive->head = _receive->cur = _receive->tail;
        return count < 0 ? count + (int)_receive->num_slots : count;
    }

    /// <summary>Fills as many slots from prepared frames, one flow after the other; returns how many found room.</summary>
    public int Fill(ulong* prepared, int flows, int frameBytes, int frameLength, ref int flow, int limit)
    {
        int words = frameBytes / sizeof(ulong), count = 0;
        for (; count < limit && _transmit->head != _transmit->tail; count++)
        {
            netmap_slot* slot = Slot(_transmit, _transmit->head);
            ulong* to = (ulong*)Buffer(_transmit, slot), from = prepared + ((long)flow * words);
            for (int i = 0; i < words; i++) to[i] = from[i];
            slot->len = (ushort)frameLength;
            Sent();
            if (++flow == flows) flow = 0;
        }

        return count;
    }

    public bool Send(ReadOnlySpan<byte> frame)
    {
        byte* at = NextFree(out netmap_slot* slot);
        if (at == null) return false;
        frame.CopyTo(new Span<byte>(at, frame.Length));
        slot->len = (ushort)frame.Length;
        Sent();
        SyncTransmit();
        return true;
    }

    public void SyncTransmit() => _binding.SyncTransmit();

    public void SyncReceive() => _binding.SyncReceive();

    public void Dispose()
    {
        _memory.Dispose();
        _binding.Dispose();
    }

    private static uint After(netmap_ring* ring, uint index) => index + 1 == ring->num_slots ? 0 : index + 1;

    private static netmap_slot* Slot(netmap_ring* ring, uint index) => (netmap_slot*)((byte*)ring + netmap_ring.SlotsAt) + index;

    // A peer may have asked for frames that begin further on.
    private static byte* Buffer(netmap_ring* ring, netmap_slot* slot) =>
        (byte*)ring + ring->buf_ofs + ((long)slot->buf_idx * ring->nr_buf_size) + (long)(slot->ptr & ring->offset_mask);
}
