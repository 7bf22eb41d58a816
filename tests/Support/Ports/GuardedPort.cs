using RustyRail.Dataplane.Ports;

namespace RustyRail.Tests.Support.Ports;

/// <summary>A port whose frames lie in <see cref="GuardedBuffers"/>.</summary>
internal readonly struct GuardedPort(GuardedWire wire) : IPort
{
    public bool IsOpen => true;

    public int Receive(Span<PacketSlot> batch) => wire.Receive(batch);

    public int Transmit(ReadOnlySpan<PacketSlot> slots)
    {
        for (int i = 0; i < slots.Length; i++)
        {
            if (!wire.Leave(slots[i], GuardedExit.Transmitted)) return i;
        }

        return slots.Length;
    }

    public bool TryToHost(in PacketSlot slot) => wire.Leave(slot, GuardedExit.ToHost);

    public void Release(in PacketSlot slot) => wire.Leave(slot, GuardedExit.Released);

    public void Flush()
    {
    }

    public void Wait(int timeoutMilliseconds)
    {
    }
}

internal enum GuardedExit { None, Transmitted, ToHost, Released }

/// <summary>The test's end of a <see cref="GuardedPort"/>: one batch at a time.</summary>
internal sealed unsafe class GuardedWire(int batchSize) : IDisposable
{
    private readonly GuardedBuffers _buffers = new(batchSize);
    private readonly (byte[] Frame, int Headroom)[] _input = new (byte[], int)[batchSize];
    private readonly GuardedExit[] _exits = new GuardedExit[batchSize];
    private readonly byte[][] _left = new byte[batchSize][];
    private int _count;
    private bool _isTaken;

    /// <summary>Which frames find the transmit ring or the host's ring full.</summary>
    public Func<int, bool> Refuses { get; set; } = _ => false;

    public void Offer(IReadOnlyList<(byte[] Frame, int Headroom)> frames)
    {
        _count = frames.Count;
        _isTaken = false;
        for (int i = 0; i < _count; i++) (_input[i], _exits[i]) = (frames[i], GuardedExit.None);
    }

    public GuardedExit ExitOf(int index) => _exits[index];

    public byte[] BytesOf(int index) => _left[index];

    public bool IsIntact(int index) => _buffers.IsIntact(index, _input[index].Frame.Length, _input[index].Headroom);

    public int Receive(Span<PacketSlot> batch)
    {
        if (_isTaken) return 0;
        _isTaken = true;
        for (int i = 0; i < _count; i++) batch[i] = _buffers.Place(i, _input[i].Frame, _input[i].Headroom);
        return _count;
    }

    public bool Leave(in PacketSlot slot, GuardedExit exit)
    {
        int index = (int)slot.Cookie;
        if (exit != GuardedExit.Released && Refuses(index)) return false;
        if (_exits[index] != GuardedExit.None) throw new InvalidOperationException($"frame {index} left twice");
        _exits[index] = exit;
        _left[index] = new ReadOnlySpan<byte>(slot.Data, slot.Length).ToArray();
        return true;
    }

    public void Dispose() => _buffers.Dispose();
}
