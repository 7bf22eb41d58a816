using System.Buffers.Binary;
using RustyRail.Dataplane.Ports;
using RustyRail.Dataplane.Ports.Memory;

namespace RustyRail.Tests.Support.Ports;

/// <summary>
/// A wire in memory whose packets are numbered flow by flow, in random order of flows, and are held to their numbers when they leave. Beside them go packets that belong to no flow.
/// Owner: the worker's thread; <see cref="Gone"/> and <see cref="Reordered"/> are for all.
/// </summary>
internal sealed unsafe class NumberedWire : IDisposable
{
    /// <summary>At the end of a flow's frames: a mark, the flow, the number.</summary>
    public const int TrailerBytes = 16;

    private const uint Mark = 0x5EED_F10E;
    private const int Headroom = 384, BufferBytes = 1024, OddEvery = 16;

    private readonly List<(byte[][] Frames, ulong Sent, ulong Left)> _flows = [];
    private readonly List<byte[]> _odd = [];
    private readonly FramePool _pool;
    private readonly int _buffers;
    private readonly long[] _oddSent;
    private readonly WakeEvent _wake;
    private long _toSend, _gone, _sent;
    private int _reordered;
    private ulong _random64 = 1;

    public NumberedWire(WakeEvent wake, int buffers = 512)
    {
        _wake = wake;
        _pool = new FramePool(buffers, Headroom, BufferBytes);
        _buffers = buffers;
        _oddSent = new long[64];
    }

    /// <summary>Packets that have left by any way.</summary>
    public long Gone => Volatile.Read(ref _gone);

    /// <summary>Of those sent on the wire, how many had a smaller number than the flow's one before.</summary>
    public int Reordered => Volatile.Read(ref _reordered);

    /// <summary>Flows' packets that went out by the wire.</summary>
    public long Forwarded { get; private set; }

    public int OnLoan => _buffers - _pool.FreeCount;

    /// <summary>In percent, how often the wire takes only a part of what is to be sent.</summary>
    public int Refuses { get; set; }

    /// <summary>The frames are sent in turn; each ends with <see cref="TrailerBytes"/> of payload.</summary>
    public void AddFlow(params byte[][] frames) => _flows.Add((frames, 0, 0));

    /// <summary>One of those is sent instead of a flow's now and then.</summary>
    public void AddOdd(byte[] frame) => _odd.Add(frame);

    public long OddSent(int number) => _oddSent[number];

    public void Send(long packets) => Volatile.Write(ref _toSend, packets);

    public int Receive(Span<PacketSlot> batch)
    {
        int count = (int)Math.Min(Math.Min(1 + Next(batch.Length), Volatile.Read(ref _toSend) - _sent), _pool.FreeCount);
        for (int i = 0; i < count; i++)
        {
            if (_odd.Count > 0 && Next(OddEvery) == 0)
            {
                int odd = Next(_odd.Count);
                _oddSent[odd]++;
                batch[i] = _pool.Take(_odd[odd]);
                continue;
            }

            int flow = Next(_flows.Count);
            (byte[][] frames, ulong sent, ulong left) = _flows[flow];
            _flows[flow] = (frames, sent + 1, left);
            batch[i] = _pool.Take(frames[sent % (ulong)frames.Length]);
            Span<byte> trailer = TrailerOf(batch[i]);
            BinaryPrimitives.WriteUInt32BigEndian(trailer, Mark);
            BinaryPrimitives.WriteInt32BigEndian(trailer[4..], flow);
            BinaryPrimitives.WriteUInt64BigEndian(trailer[8..], sent + 1);
        }

        _sent += count;
        return count;
    }

    public int Transmit(ReadOnlySpan<PacketSlot> slots)
    {
        int count = Refuses > 0 && Next(100) < Refuses ? Next(slots.Length) : slots.Length;
        foreach (ref readonly PacketSlot slot in slots[..count])
        {
            Check(slot);
            Leave(slot);
        }

        return count;
    }

    public void Leave(in PacketSlot slot)
    {
        _pool.Give(slot);
        Volatile.Write(ref _gone, _gone + 1);
    }

    public void Wait(int timeoutMilliseconds)
    {
        if (_sent == Volatile.Read(ref _toSend) || _pool.FreeCount == 0) _wake.Wait(timeoutMilliseconds);
    }

    public void Dispose() => _pool.Dispose();

    private static Span<byte> TrailerOf(in PacketSlot slot) => new(slot.Data + slot.Length - TrailerBytes, TrailerBytes);

    private void Check(in PacketSlot slot)
    {
        ReadOnlySpan<byte> trailer = TrailerOf(slot);
        if (BinaryPrimitives.ReadUInt32BigEndian(trailer) != Mark) return;
        int flow = BinaryPrimitives.ReadInt32BigEndian(trailer[4..]);
        ulong number = BinaryPrimitives.ReadUInt64BigEndian(trailer[8..]);
        (byte[][] frames, ulong sent, ulong left) = _flows[flow];
        if (number <= left) Volatile.Write(ref _reordered, _reordered + 1);
        _flows[flow] = (frames, sent, number);
        Forwarded++;
    }

    private int Next(int below)
    {
        _random64 = (_random64 * 6364136223846793005) + 1442695040888963407;
        return (int)(((_random64 >> 32) * (ulong)below) >> 32);
    }
}

/// <summary>See <see cref="NumberedWire"/>.</summary>
internal readonly struct NumberedPort(NumberedWire wire) : IPort
{
    public bool IsOpen => true;

    public int Receive(Span<PacketSlot> batch) => wire.Receive(batch);

    public int Transmit(ReadOnlySpan<PacketSlot> slots) => wire.Transmit(slots);

    public bool TryToHost(in PacketSlot slot)
    {
        wire.Leave(slot);
        return true;
    }

    public void Release(in PacketSlot slot) => wire.Leave(slot);

    public void Flush()
    {
    }

    public void Wait(int timeoutMilliseconds) => wire.Wait(timeoutMilliseconds);
}
