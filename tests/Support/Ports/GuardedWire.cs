using RustyRail.Dataplane.Ports;

namespace RustyRail.Tests.Support.Ports;

/// <summary>The test's end of a <see cref="GuardedPort"/>: one batch at a time, whose frames stay where they left until the next.</summary>
internal sealed unsafe class GuardedWire(int batchSize) : IDisposable
{
    private readonly GuardedBuffers _buffers = new(batchSize);
    private readonly FrameBatch _offered = new(batchSize, batchSize * GuardedBuffers.MaxFrameBytes);
    private readonly GuardedExit[] _exits = new GuardedExit[batchSize];
    private readonly PacketSlot[] _left = new PacketSlot[batchSize];
    private FrameBatch _input = new(0, 0);
    private bool _isTaken;
    private int _last;

    /// <summary>Which frames find the transmit ring or the host's ring full.</summary>
    public Func<int, bool> Refuses { get; set; } = _ => false;

    public void Offer(IReadOnlyList<(byte[] Frame, int Headroom)> frames)
    {
        _offered.Clear();
        foreach ((byte[] frame, int headroom) in frames) _offered.Add(frame, headroom);
        Offer(_offered);
    }

    /// <summary>It must stay as it is until the next.</summary>
    public void Offer(FrameBatch batch)
    {
        (_input, _isTaken, _last) = (batch, false, -1);
        Array.Fill(_exits, GuardedExit.None);
    }

    public GuardedExit ExitOf(int index) => _exits[index];

    /// <summary>As it left.</summary>
    public ref readonly PacketSlot SlotOf(int index) => ref _left[index];

    public ReadOnlySpan<byte> SpanOf(int index) => new(_left[index].Data, _left[index].Length);

    public byte[] BytesOf(int index) => SpanOf(index).ToArray();

    public bool IsIntact(int index) => _buffers.IsIntact(index, _input[index].Length, _input.RoomOf(index).Head, _input.RoomOf(index).Tail);

    public int Receive(Span<PacketSlot> batch)
    {
        if (_isTaken) return 0;
        _isTaken = true;
        for (int i = 0; i < _input.Count; i++) batch[i] = _buffers.Place(i, _input[i], _input.RoomOf(i).Head, _input.RoomOf(i).Tail);
        return _input.Count;
    }

    public bool Leave(in PacketSlot slot, GuardedExit exit)
    {
        int index = (int)slot.Cookie;
        if (exit != GuardedExit.Released && Refuses(index)) return false;
        if (_exits[index] != GuardedExit.None) throw new InvalidOperationException($"frame {index} left twice");
        if (index < _last) throw new InvalidOperationException($"frame {index} left behind frame {_last}");
        _exits[index] = exit;
        _left[index] = slot;
        _last = index;
        return true;
    }

    public void Dispose() => _buffers.Dispose();
}
