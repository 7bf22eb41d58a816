using System.Runtime.InteropServices;
using RustyRail.Dataplane.Ports.Netmap;
using static RustyRail.Dataplane.Native.NetmapAbi;

namespace Dataplane.Tests.Ports.Netmap;

/// <summary>
/// Rings and buffers as netmap lays them out, in the test's own memory; the test does what the kernel does. Buffers 0 and 1 are nobody's.
/// </summary>
internal sealed unsafe class NetmapImage : IDisposable
{
    private readonly byte* _memory;
    private readonly int _slots;
    private readonly int _bufferBytes;
    private readonly int _buffersAt;
    private readonly int _ringBytes;
    private readonly Dictionary<int, uint> _kernelHead = [];
    private readonly Dictionary<int, NetmapRing> _transmitting = [];

    public NetmapImage(int rings, int slots = 8, int bufferBytes = 256, int headroom = 0, int spares = 0)
    {
        (_slots, _bufferBytes, Headroom) = (slots, bufferBytes, headroom);
        _ringBytes = netmap_ring.SlotsAt + (slots * sizeof(netmap_slot));
        _buffersAt = rings * _ringBytes;
        Buffers = (rings * slots) + (int)FirstBuffer + spares;
        _memory = (byte*)NativeMemory.AllocZeroed((nuint)(_buffersAt + (Buffers * bufferBytes)));
        Spares = new SpareBuffers([.. Enumerable.Range((rings * slots) + (int)FirstBuffer, spares).Select(index => (uint)index)]);
        uint buffer = FirstBuffer;
        for (int i = 0; i < rings; i++)
        {
            *Ring(i) = new netmap_ring { buf_ofs = _buffersAt - (i * _ringBytes), num_slots = (uint)slots, nr_buf_size = (uint)bufferBytes, offset_mask = headroom == 0 ? 0 : ulong.MaxValue };
            for (int s = 0; s < slots; s++) *Slot(i, (uint)s) = new netmap_slot { buf_idx = buffer++, len = (ushort)bufferBytes, ptr = (ulong)headroom };
        }
    }

    public int Headroom { get; }

    /// <summary>Buffers that are in no ring at the beginning.</summary>
    public SpareBuffers Spares { get; }

    public int Buffers { get; }

    public netmap_ring* Ring(int number) => (netmap_ring*)(_memory + (number * _ringBytes));

    public netmap_slot* Slot(int ring, uint index) => (netmap_slot*)((byte*)Ring(ring) + netmap_ring.SlotsAt) + index;

    /// <summary>A ring whose slots are all the kernel's, as after opening.</summary>
    public NetmapRing Receiving(int number) => new(Ring(number), Headroom);

    /// <summary>A ring with room for all it can hold.</summary>
    public NetmapRing Transmitting(int number)
    {
        Ring(number)->tail = (uint)_slots - 1;
        return _transmitting[number] = new NetmapRing(Ring(number), Headroom);
    }

    /// <summary>The kernel puts a received frame, or a part of one, at the ring's tail.</summary>
    public void Deliver(int number, byte[] frame, ushort flags = 0)
    {
        netmap_slot* slot = Slot(number, Ring(number)->tail);
        frame.CopyTo(new Span<byte>(Bytes(slot) + slot->ptr, frame.Length));
        slot->len = (ushort)frame.Length;
        slot->flags = flags;
        Ring(number)->tail = After(Ring(number)->tail);
    }

    /// <summary>The kernel sends what it finds before head, and gives the slots back.</summary>
    public List<byte[]> Send(int number)
    {
        List<byte[]> sent = [];
        if (_transmitting.TryGetValue(number, out NetmapRing? ring)) ring.Push();
        uint at = _kernelHead.GetValueOrDefault(number);
        for (; at != Ring(number)->head; at = After(at))
        {
            netmap_slot* slot = Slot(number, at);
            sent.Add(new ReadOnlySpan<byte>(Bytes(slot) + slot->ptr, slot->len).ToArray());
        }

        _kernelHead[number] = at;
        Ring(number)->tail = Before(at);
        return sent;
    }

    public int FreeSlots(int number) => (int)((Ring(number)->tail + (uint)_slots - Ring(number)->head) % (uint)_slots);

    public static byte[] Frame(int seed, int length = 60)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public void Dispose() => NativeMemory.Free(_memory);

    private byte* Bytes(netmap_slot* slot) => _memory + _buffersAt + (slot->buf_idx * _bufferBytes);

    private uint After(uint index) => index + 1 == _slots ? 0 : index + 1;

    private uint Before(uint index) => index == 0 ? (uint)_slots - 1 : index - 1;
}
