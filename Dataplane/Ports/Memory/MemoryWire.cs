using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RustyRail.Dataplane.Ports.Memory;

/// <summary>
/// Both ends of a <see cref="MemoryPort"/>: prepared frames to receive, room on the way out, and what came out, in order.
/// Allocates only while it captures, so a benchmark switches <see cref="Capture"/> off.
/// </summary>
internal sealed unsafe class MemoryWire : IDisposable
{
    public const int DefaultBuffers = 256, DefaultHeadroom = 384, DefaultBufferBytes = 4096;

    private readonly FramePool _pool;
    private readonly int _buffers;
    private readonly List<byte[]> _input = [];
    private int _next;
    private long _remaining;
    private bool _endOfInput;

    public MemoryWire(int buffers = DefaultBuffers, int headroom = DefaultHeadroom, int bufferBytes = DefaultBufferBytes)
    {
        _pool = new FramePool(buffers, headroom, bufferBytes);
        _buffers = buffers;
    }

    /// <summary>Keep a copy of every frame that leaves. The counters run either way.</summary>
    public bool Capture { get; set; } = true;

    public List<byte[]> Transmitted { get; } = [];

    public List<byte[]> ToHost { get; } = [];

    public List<byte[]> Released { get; } = [];

    public long TransmittedFrames { get; private set; }

    public long HostFrames { get; private set; }

    public long ReleasedFrames { get; private set; }

    public long Flushes { get; private set; }

    public long Waits { get; private set; }

    /// <summary>Frames that the transmit ring still takes before it is full; the wire never empties it by itself.</summary>
    public long TransmitRoom { get; set; } = long.MaxValue;

    /// <summary>The same for the host's ring.</summary>
    public long HostRoom { get; set; } = long.MaxValue;

    /// <summary>When set, every received frame is made part of one of many flows.</summary>
    public FlowVariation? Flows { get; set; }

    /// <summary>Buffers that the worker has and must give back.</summary>
    public int OnLoan => _buffers - _pool.FreeCount;

    public bool IsOpen => !_endOfInput || _remaining > 0;

    /// <summary>Adds one frame to be received once.</summary>
    public void Enqueue(ReadOnlySpan<byte> frame)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(frame.Length, _pool.MaxFrameBytes);
        byte[] pinned = GC.AllocateUninitializedArray<byte>(frame.Length, pinned: true);
        frame.CopyTo(pinned);
        _input.Add(pinned);
        _remaining++;
    }

    /// <summary>Delivers the prepared frames round and round until this many more were received; 0 stops.</summary>
    public void Repeat(long frames)
    {
        if (_input.Count == 0) throw new InvalidOperationException("No frames were prepared.");
        _remaining = frames;
    }

    /// <summary>No frames will follow: the port closes after the last one.</summary>
    public void EndInput() => _endOfInput = true;

    public void Dispose() => _pool.Dispose();

    internal int Receive(Span<PacketSlot> batch)
    {
        int count = (int)Math.Min(Math.Min(batch.Length, _remaining), _pool.FreeCount);
        FlowVariation? flows = Flows;
        fixed (PacketSlot* first = batch)
        {
            for (PacketSlot* slot = first, end = first + count; slot < end; slot++)
            {
                if (_next == _input.Count) _next = 0;
                byte[] frame = _input[_next++];
                // Pinned, see Enqueue.
                _pool.Take(slot, (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(frame)), frame.Length);
                flows?.Apply(slot->Data);
            }
        }

        _remaining -= count;
        return count;
    }

    internal int Transmit(ReadOnlySpan<PacketSlot> slots)
    {
        int count = (int)Math.Min(slots.Length, TransmitRoom);
        bool isCaptured = Capture;
        foreach (ref readonly PacketSlot slot in slots[..count])
        {
            if (isCaptured) Transmitted.Add(Copy(slot));
            _pool.Give(slot);
        }

        TransmitRoom -= count;
        TransmittedFrames += count;
        return count;
    }

    internal bool TryToHost(in PacketSlot slot)
    {
        if (HostRoom == 0) return false;
        HostRoom--;
        HostFrames++;
        Leave(slot, ToHost);
        return true;
    }

    internal void Release(in PacketSlot slot)
    {
        ReleasedFrames++;
        Leave(slot, Released);
    }

    internal void Flush() => Flushes++;

    internal void Wait() => Waits++;

    private void Leave(in PacketSlot slot, List<byte[]> captured)
    {
        if (Capture) captured.Add(Copy(slot));
        _pool.Give(slot);
    }

    private static byte[] Copy(in PacketSlot slot) => new ReadOnlySpan<byte>(slot.Data, slot.Length).ToArray();
}
